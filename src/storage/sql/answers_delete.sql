-- Deletes the answers of a response.
DELETE FROM answer WHERE response_id = @P1
