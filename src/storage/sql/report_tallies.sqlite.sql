-- How often each value was given to each question, by survey, group and version: the first @P13 after a row (@P6 and on).
-- Texts and recordings are only counted: what was said stays where it is.
-- A group's key stands after a mark: without a key it is an empty text, no NULL, and sorts first.
SELECT survey_key, group_key, version_id, question_key, kind, num, text, COUNT(*)
FROM (
    SELECT s.[key] AS survey_key,
           COALESCE('=' || CASE @P5
               WHEN 'survey' THEN ''
               WHEN 'agent' THEN o.agent_id
               WHEN 'team' THEN o.team
               WHEN 'queue' THEN o.queue
               WHEN 'service' THEN e.name
               WHEN 'language' THEN r.language
               WHEN 'channel' THEN r.channel
               WHEN 'quarter_hour' THEN CAST(r.offered_at / 900000 AS TEXT)
           END, '') AS group_key,
           r.version_id, a.question_key, a.kind, COALESCE(a.num, 0) AS num,
           CASE WHEN a.kind = 'choice' THEN a.text ELSE '' END AS text
    FROM survey s
    CROSS JOIN response r -- written so, SQLite takes the surveys first and each one's responses by their index
    JOIN offer o ON o.id = r.id
    JOIN service e ON e.id = r.service_id
    JOIN answer a ON a.response_id = r.id
    WHERE s.id >= @P1 AND s.id <= @P2 AND s.[key] >= @P6 AND r.survey_id = s.id AND r.offered_at >= @P3 AND r.offered_at < @P4
      -- The teams a person may see, each between two marks; an empty text stands for all.
      AND (@P14 = '' OR (o.team <> '' AND INSTR(@P14, CONCAT(CHAR(31), o.team, CHAR(31))) > 0))
      AND (@P15 = '' OR o.agent_id = @P15) AND (@P16 = '' OR o.queue = @P16) AND (@P17 = '' OR o.team = @P17)
      AND (@P18 = '' OR r.channel = @P18) AND (@P19 = '' OR r.language = @P19) AND (@P20 = '' OR e.name = @P20)
) q
WHERE (survey_key, group_key, version_id, question_key, kind, num, text) > (@P6, @P7, @P8, @P9, @P10, @P11, @P12)
GROUP BY survey_key, group_key, version_id, question_key, kind, num, text
ORDER BY survey_key, group_key, version_id, question_key, kind, num, text
LIMIT @P13
