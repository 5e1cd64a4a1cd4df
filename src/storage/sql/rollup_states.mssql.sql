-- How many responses offered within a period are in each state.
SELECT r.survey_id, r.service_id, r.channel, r.language, o.agent_id, o.team, o.queue, r.offered_at / 900000, r.state, COUNT_BIG(*)
FROM response r
JOIN offer o ON o.id = r.id
WHERE r.offered_at >= @P1 AND r.offered_at < @P2
GROUP BY r.survey_id, r.service_id, r.channel, r.language, o.agent_id, o.team, o.queue, r.offered_at / 900000, r.state
