-- How often each value was given to each question, by survey, group and version.
-- Texts and recordings are only counted: what was said stays where it is.
SELECT survey_key, group_key, version_id, question_key, kind, num, text, COUNT_BIG(*)
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
           r.version_id, a.question_key, a.kind, a.num,
           CAST(CASE WHEN a.kind = N'choice' THEN a.text ELSE N'' END AS NVARCHAR(400)) AS text
    FROM survey s
    JOIN response r ON r.survey_id = s.id
    JOIN offer o ON o.id = r.id
    JOIN service e ON e.id = r.service_id
    JOIN answer a ON a.response_id = r.id
    WHERE s.id >= @P1 AND s.id <= @P2 AND r.offered_at >= @P3 AND r.offered_at < @P4
) q
GROUP BY survey_key, group_key, version_id, question_key, kind, num, text
ORDER BY survey_key, group_key, version_id, question_key, kind, num, text
