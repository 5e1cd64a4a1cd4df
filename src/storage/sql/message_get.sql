-- One message.
SELECT m.id, m.response_id, m.purpose, m.number, m.language, m.text, m.route_wanted, m.created_at, m.due_at, m.expires_at, m.attempt, m.doubles, m.state, m.parts, m.route, m.cause, m.submitted_at, m.changed_at
FROM outbox m
WHERE m.id = @P1
