-- All entries about a response, in order.
SELECT n, kind, body FROM entry WHERE response_id = @P1 ORDER BY n
