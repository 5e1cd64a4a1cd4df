-- Each value that was given to each question, with survey, group and version, after a row (@P6 and on): a row for each answer, in
-- no order. They are counted by who reads them: SQLite would sort them all for it, which takes several times as long.
-- Texts and recordings are only counted: what was said stays where it is.
-- A group's key stands after a mark: without a key it is an empty text, no NULL, and sorts first.
SELECT survey_key, group_key, version_id, question_key, kind, num, text
FROM (
    SELECT s.[key] AS survey_key,
           COALESCE('=' || CASE @P5
               WHEN 'survey' THEN ''
               WHEN 'agent' THEN o.agent_id
               WHEN 'team' THEN o.team
               WHEN 'queue' THEN o.queue
               WHEN 'agent_queue' THEN CONCAT(o.agent_id, CHAR(31), o.queue)
               WHEN 'service' THEN e.name
               WHEN 'language' THEN r.language
               WHEN 'channel' THEN r.channel
               WHEN 'quarter_hour' THEN CAST(r.offered_at / 900000 AS TEXT)
               WHEN 'hour' THEN CAST(r.offered_at / 900000 AS TEXT)
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
      AND (@P13 = '' OR (o.team <> '' AND INSTR(@P13, CONCAT(CHAR(31), o.team, CHAR(31))) > 0))
      AND (@P14 = '' OR o.agent_id = @P14) AND (@P15 = '' OR o.queue = @P15) AND (@P16 = '' OR o.team = @P16)
      AND (@P17 = '' OR r.channel = @P17) AND (@P18 = '' OR r.language = @P18) AND (@P19 = '' OR e.name = @P19)
) q
WHERE (survey_key, group_key, version_id, question_key, kind, num, text) > (@P6, @P7, @P8, @P9, @P10, @P11, @P12)
