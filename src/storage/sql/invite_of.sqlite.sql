-- The invite with a reference.
SELECT i.id, i.at, i.reference, i.cause, i.caused_by, i.number, i.language, i.expires_at, i.remind_at, o.result, o.trace, s.name, v.key, r.state,
       (SELECT m.state FROM outbox m WHERE m.response_id = i.id AND m.purpose IN ('invite', 'reminder') ORDER BY m.created_at DESC LIMIT 1)
FROM invite i
JOIN offer o ON o.id = i.id
LEFT JOIN service s ON s.id = o.service_id
LEFT JOIN response r ON r.id = i.id
LEFT JOIN survey v ON v.id = r.survey_id
WHERE i.reference = @P1
