-- A link, also when its time is over.
SELECT hash, response_id, created_at, expires_at FROM response_link WHERE hash = @P1
