-- Puts a message into the outbox, unless it is there. No bytes stand for no response, an empty text for any route, and where
-- @P11 is 0 it has no text.
INSERT INTO outbox (id, response_id, purpose, number, language, text, route_wanted, state, created_at, due_at, expires_at, changed_at)
SELECT @P1, NULLIF(@P2, @P12), @P3, @P4, @P5, CASE WHEN @P11 = 1 THEN @P6 END, NULLIF(@P7, N''), N'queued', @P8, @P9, @P10, @P8
WHERE NOT EXISTS (SELECT 1 FROM outbox m WHERE m.id = @P1)
