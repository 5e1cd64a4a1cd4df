-- The newest asks for a survey of a customer.
SELECT TOP (@P1)
       o.id, o.at, o.service_id, o.dn, o.customer, o.call_id, o.agent_id, o.agent_name, o.team, o.queue,
       o.result, o.trace, o.node,
       r.survey_id, r.version_id, r.channel, r.language, r.seed
FROM offer o
LEFT JOIN response r ON r.id = o.id
WHERE o.customer = @P2
ORDER BY o.at DESC, o.id DESC
