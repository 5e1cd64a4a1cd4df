-- The newest name of each agent among the responses of a report.
SELECT agent_id, agent_name
FROM (
    SELECT o.agent_id, o.agent_name, ROW_NUMBER() OVER (PARTITION BY o.agent_id ORDER BY o.at DESC, o.id DESC) AS place
    FROM survey s
    CROSS JOIN response r -- written so, SQLite takes the surveys first and each one's responses by their index
    JOIN offer o ON o.id = r.id
    WHERE s.id >= @P1 AND s.id <= @P2 AND r.survey_id = s.id AND r.offered_at >= @P3 AND r.offered_at < @P4 AND o.agent_id IS NOT NULL AND o.agent_name IS NOT NULL
) q
WHERE place = 1
