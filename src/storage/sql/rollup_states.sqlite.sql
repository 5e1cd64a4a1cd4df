-- The states of responses offered within a period: a row for each, to be counted by who reads them.
SELECT r.survey_id, r.service_id, r.channel, r.language, o.agent_id, o.team, o.queue, r.offered_at / 900000, r.state
FROM response r
CROSS JOIN offer o -- written so, SQLite takes the responses first, by their time
WHERE r.offered_at >= @P1 AND r.offered_at < @P2 AND o.id = r.id
