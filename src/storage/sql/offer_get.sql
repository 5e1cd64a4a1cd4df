-- An ask for a survey.
SELECT o.id, o.at, o.service_id, o.dn, o.customer, o.call_id, o.agent_id, o.agent_name, o.team, o.queue,
       o.result, o.trace, o.node,
       r.survey_id, r.version_id, r.channel, r.language, r.seed
FROM offer o
LEFT JOIN response r ON r.id = o.id
WHERE o.id = @P1
