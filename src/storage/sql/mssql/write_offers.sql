-- Stores the asks for a survey that are not stored yet.
IF (length) > 0
INSERT INTO offer (id, at, service_id, dn, customer, call_id, agent_id, agent_name, team, queue, result, trace, node)
SELECT w.id, w.at, w.service_id, w.dn, w.customer, w.call_id, w.agent_id, w.agent_name, w.team, w.queue, w.result, w.trace, w.node
FROM (rows) AS w
OUTER APPLY (SELECT TOP (1) o.at FROM offer o WHERE o.id = w.id) AS stored
WHERE stored.at IS NULL
