-- Where a response stands by the last entry about it.
SELECT seq, write_id FROM entry WHERE response_id = @P1 ORDER BY n DESC LIMIT 1
