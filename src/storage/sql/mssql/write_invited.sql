-- Stores the asks that led to an invite or to none, each unless it is stored or another has its reference; one that follows a
-- change only when that is made.
IF (length) > 0
INSERT INTO offer (id, at, service_id, dn, customer, call_id, agent_id, agent_name, team, queue, result, trace, node)
SELECT w.id, w.at, w.service_id, w.dn, w.customer, w.call_id, w.agent_id, w.agent_name, w.team, w.queue, w.result, w.trace, w.node
FROM (rows) AS w
OUTER APPLY (SELECT TOP (1) o.at FROM offer o WHERE o.id = w.id) AS stored
OUTER APPLY (SELECT TOP (1) i.at FROM invite i WHERE i.reference = w.reference) AS taken
OUTER APPLY (SELECT TOP (1) r.seq FROM response r
             WHERE r.id = w.after_id AND r.write_id = w.after_write_id AND r.seq - 1 = w.after_expected) AS made
WHERE stored.at IS NULL AND taken.at IS NULL AND (w.after_id IS NULL OR made.seq IS NOT NULL)
