-- How many responses are in each state, by survey and group.
SELECT survey_key, group_key, state, COUNT_BIG(*)
FROM (
    SELECT s.[key] AS survey_key,
           CAST(CASE @P5
               WHEN N'survey' THEN N''
               WHEN N'agent' THEN o.agent_id
               WHEN N'team' THEN o.team
               WHEN N'queue' THEN o.queue
               WHEN N'service' THEN e.name
               WHEN N'quarter_hour' THEN CAST(r.offered_at / 900000 AS NVARCHAR(20))
           END AS NVARCHAR(200)) AS group_key,
           r.state
    FROM survey s
    JOIN response r ON r.survey_id = s.id
    JOIN offer o ON o.id = r.id
    JOIN service e ON e.id = r.service_id
    WHERE s.id >= @P1 AND s.id <= @P2 AND r.offered_at >= @P3 AND r.offered_at < @P4
) q
GROUP BY survey_key, group_key, state
ORDER BY survey_key, group_key, state
