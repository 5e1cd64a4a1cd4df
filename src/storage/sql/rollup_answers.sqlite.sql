-- What was answered to responses offered within a period: a row for each answer, to be counted by who reads them.
SELECT r.survey_id, r.service_id, r.channel, r.language, o.agent_id, o.team, o.queue, r.offered_at / 900000,
       r.version_id, a.question_key, a.kind, COALESCE(a.num, 0), CASE WHEN a.kind = 'choice' THEN a.text ELSE '' END
FROM response r
CROSS JOIN offer o -- written so, SQLite takes the responses first, by their time
CROSS JOIN answer a
WHERE r.offered_at >= @P1 AND r.offered_at < @P2 AND o.id = r.id AND a.response_id = r.id
