-- The messages that were taken in hand at one time and are not begun.
SELECT m.id, m.response_id, m.purpose, m.number, m.language, m.text, m.route_wanted, m.created_at, m.due_at, m.expires_at, m.attempt, m.doubles
FROM outbox m
WHERE m.claim_id = @P1 AND m.state = 'claimed'
ORDER BY m.due_at, m.id
