-- Stores the asks that are not stored yet.
INSERT INTO offer (id, at, service_id, dn, customer, call_id, agent_id, agent_name, team, queue, result, trace, node)
SELECT w.id, w.at, CASE WHEN DATALENGTH(w.service_id) = 16 THEN w.service_id END, NULLIF(w.dn, N''), NULLIF(w.customer, N''),
       NULLIF(w.call_id, N''), NULLIF(w.agent_id, N''), NULLIF(w.agent_name, N''), NULLIF(w.team, N''), NULLIF(w.queue, N''),
       w.result, w.trace, w.node
FROM @offer w
WHERE DATALENGTH(w.id) = 16 AND NOT EXISTS (SELECT 1 FROM offer o WHERE o.id = w.id);

-- Begins the responses of those that led to one. An ask that was there before begins nothing more.
INSERT INTO response (id, survey_id, version_id, service_id, channel, language, seed, state, seq, offered_at, updated_at)
SELECT o.id, w.survey_id, w.version_id, w.service_id, w.channel, w.language, w.seed, N'offered', 0, w.at, w.at
FROM @offer w
JOIN offer o ON o.id = w.id AND o.at = w.at
WHERE DATALENGTH(w.version_id) = 16 AND NOT EXISTS (SELECT 1 FROM response r WHERE r.id = w.id)
