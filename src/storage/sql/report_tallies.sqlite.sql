-- How often each value was given to each question, by survey, group and version.
-- Texts and recordings are only counted: what was said stays where it is.
SELECT survey_key, group_key, version_id, question_key, kind, num, text, COUNT(*)
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
           r.version_id, a.question_key, a.kind, a.num,
           CASE WHEN a.kind = 'choice' THEN a.text ELSE '' END AS text
    FROM survey s
    CROSS JOIN response r -- written so, SQLite takes the surveys first and each one's responses by their index
    JOIN offer o ON o.id = r.id
    JOIN service e ON e.id = r.service_id
    JOIN answer a ON a.response_id = r.id
    WHERE s.id >= @P1 AND s.id <= @P2 AND r.survey_id = s.id AND r.offered_at >= @P3 AND r.offered_at < @P4
) q
GROUP BY survey_key, group_key, version_id, question_key, kind, num, text
ORDER BY survey_key, group_key, version_id, question_key, kind, num, text
