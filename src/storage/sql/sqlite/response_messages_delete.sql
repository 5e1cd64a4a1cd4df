-- Deletes the messages about a response.
DELETE FROM outbox WHERE response_id = @P1
