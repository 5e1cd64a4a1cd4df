-- How many responses are in each state, by survey and group.
SELECT survey_key, group_key, state, COUNT(*)
FROM (
    SELECT s.[key] AS survey_key,
           CASE @P5
               WHEN 'survey' THEN ''
               WHEN 'agent' THEN o.agent_id
               WHEN 'team' THEN o.team
               WHEN 'queue' THEN o.queue
               WHEN 'service' THEN e.name
               WHEN 'quarter_hour' THEN CAST(r.offered_at / 900000 AS TEXT)
           END AS group_key,
           r.state
    FROM survey s
    CROSS JOIN response r -- written so, SQLite takes the surveys first and each one's responses by their index
    JOIN offer o ON o.id = r.id
    JOIN service e ON e.id = r.service_id
    WHERE s.id >= @P1 AND s.id <= @P2 AND r.survey_id = s.id AND r.offered_at >= @P3 AND r.offered_at < @P4
) q
GROUP BY survey_key, group_key, state
ORDER BY survey_key, group_key, state
