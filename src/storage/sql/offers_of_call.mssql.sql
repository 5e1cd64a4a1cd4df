-- The newest asks for a survey of a call, of one customer where one is named (an empty text: of any).
SELECT TOP (@P1)
       o.id, o.at, o.service_id, o.dn, o.customer, o.call_id, o.agent_id, o.agent_name, o.team, o.queue,
       o.result, o.trace, o.node,
       r.survey_id, r.version_id, r.channel, r.language, r.seed
FROM offer o
LEFT JOIN response r ON r.id = o.id
WHERE o.call_id = @P2 AND (@P3 = N'' OR o.customer = @P3)
ORDER BY o.at DESC, o.id DESC
