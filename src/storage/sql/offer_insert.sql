-- Stores an ask for a survey unless it is stored already.
INSERT INTO offer (id, at, service_id, dn, customer, call_id, agent_id, agent_name, team, queue, result, trace, node)
SELECT @P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9, @P10, @P11, @P12, @P13
WHERE NOT EXISTS (SELECT 1 FROM offer WHERE id = @P1)
