-- Makes a link to a response, if that is there.
INSERT INTO response_link (hash, response_id, created_at, expires_at)
SELECT @P1, r.id, @P3, @P4 FROM response r WHERE r.id = @P2
