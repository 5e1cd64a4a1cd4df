-- A response and the facts of its contact.
SELECT r.id, r.service_id, r.survey_id, r.version_id, r.channel, r.language, r.seed, r.state, r.seq,
       r.offered_at, r.started_at, r.ended_at,
       o.dn, o.customer, o.call_id, o.agent_id, o.agent_name, o.team, o.queue
FROM response r
JOIN offer o ON o.id = r.id
WHERE r.id = @P1
