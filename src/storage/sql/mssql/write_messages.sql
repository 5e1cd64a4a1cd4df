-- Puts the messages of the invites that are stored into the outbox.
IF (length) > 0
INSERT INTO outbox (id, response_id, purpose, number, language, text, route_wanted, state, created_at, due_at, expires_at, changed_at)
SELECT w.id, w.response_id, w.purpose, w.number, w.language, w.text, w.route_wanted, N'queued', w.created_at, w.due_at, w.expires_at, w.created_at
FROM (rows) AS w
CROSS APPLY (SELECT TOP (1) i.at FROM invite i WHERE i.id = w.invite_id AND i.at = w.invited_at) AS invited
OUTER APPLY (SELECT TOP (1) m.due_at FROM outbox m WHERE m.id = w.id) AS stored
WHERE stored.due_at IS NULL
