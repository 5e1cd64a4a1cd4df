-- Begins the responses of the asks that led to one. An ask that was there before begins nothing more.
IF (length) > 0
INSERT INTO response (id, survey_id, version_id, service_id, channel, language, seed, state, seq, offered_at, updated_at)
SELECT w.id, w.survey_id, w.version_id, asked.service_id, w.channel, w.language, w.seed, N'offered', 0, w.at, w.at
FROM (rows) AS w
CROSS APPLY (SELECT TOP (1) o.service_id FROM offer o WHERE o.id = w.id AND o.at = w.at) AS asked
OUTER APPLY (SELECT TOP (1) r.seq FROM response r WHERE r.id = w.id) AS begun
WHERE begun.seq IS NULL
