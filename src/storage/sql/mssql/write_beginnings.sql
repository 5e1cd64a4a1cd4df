-- Begins the responses of the asks that led to one. An ask that was there before begins nothing more.
INSERT INTO response (id, survey_id, version_id, service_id, channel, language, seed, state, seq, offered_at, updated_at)
SELECT o.id, w.survey_id, w.version_id, o.service_id, w.channel, w.language, w.seed, N'offered', 0, o.at, o.at
FROM (VALUES (rows)) AS w (id, at, survey_id, version_id, channel, language, seed)
JOIN offer o ON o.id = CAST(w.id AS BINARY(16)) AND o.at = w.at
WHERE NOT EXISTS (SELECT 1 FROM response r WHERE r.id = o.id)
