-- Stores the asks for a survey that are not stored yet.
INSERT INTO offer (id, at, service_id, dn, customer, call_id, agent_id, agent_name, team, queue, result, trace, node)
SELECT w.id, w.at, CASE WHEN DATALENGTH(w.service_id) = 16 THEN w.service_id END, NULLIF(w.dn, N''), NULLIF(w.customer, N''),
       NULLIF(w.call_id, N''), NULLIF(w.agent_id, N''), NULLIF(w.agent_name, N''), NULLIF(w.team, N''), NULLIF(w.queue, N''),
       w.result, w.trace, w.node
FROM (VALUES (rows)) AS w (id, at, service_id, dn, customer, call_id, agent_id, agent_name, team, queue, result, trace, node)
WHERE DATALENGTH(w.id) = 16 AND NOT EXISTS (SELECT 1 FROM offer o WHERE o.id = CAST(w.id AS BINARY(16)))
