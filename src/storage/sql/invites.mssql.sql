-- Invites that are older than a time and id, the newest first; of a number and with a result, where given.
SELECT TOP (@P1) i.id, i.at, i.reference, i.cause, i.caused_by, i.number, i.language, i.expires_at, i.remind_at, o.result, o.trace, s.name, v.[key], r.state,
       (SELECT TOP (1) m.state FROM outbox m WHERE m.response_id = i.id AND m.purpose IN (N'invite', N'reminder') ORDER BY m.created_at DESC)
FROM invite i
JOIN offer o ON o.id = i.id
LEFT JOIN service s ON s.id = o.service_id
LEFT JOIN response r ON r.id = i.id
LEFT JOIN survey v ON v.id = r.survey_id
WHERE (i.at < @P2 OR (i.at = @P2 AND i.id < @P3))
  AND (@P4 = N'' OR i.number = @P4)
  AND (@P5 = N'' OR o.result = @P5)
ORDER BY i.at DESC, i.id DESC
