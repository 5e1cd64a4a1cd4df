-- Puts a message into the outbox, unless it is there.
INSERT INTO outbox (id, response_id, purpose, number, language, text, route_wanted, state, created_at, due_at, expires_at, changed_at)
SELECT @P1, @P2, @P3, @P4, @P5, @P6, @P7, 'queued', @P8, @P9, @P10, @P8
WHERE NOT EXISTS (SELECT 1 FROM outbox m WHERE m.id = @P1)
