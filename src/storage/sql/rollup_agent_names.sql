-- The newest name of each agent among the responses offered within a period, and when the agent was called so.
SELECT agent_id, agent_name, at
FROM (
    SELECT o.agent_id, o.agent_name, o.at, ROW_NUMBER() OVER (PARTITION BY o.agent_id ORDER BY o.at DESC, o.id DESC) AS place
    FROM response r
    JOIN offer o ON o.id = r.id
    WHERE r.offered_at >= @P1 AND r.offered_at < @P2 AND o.agent_id IS NOT NULL AND o.agent_name IS NOT NULL
) q
WHERE place = 1
