-- How often each value was given to each question, by survey, group and version: the first @P13 after a row (@P6 and on).
-- Texts and recordings are only counted: what was said stays where it is.
-- A group's key stands after a mark: without a key it is an empty text, no NULL, and sorts first.
SELECT TOP (@P13) survey_key, group_key, version_id, question_key, kind, num, text, COUNT_BIG(*)
FROM (
    SELECT s.[key] AS survey_key,
           ISNULL(N'=' + CAST(CASE @P5
               WHEN N'survey' THEN N''
               WHEN N'agent' THEN o.agent_id
               WHEN N'team' THEN o.team
               WHEN N'queue' THEN o.queue
               WHEN N'agent_queue' THEN CONCAT(o.agent_id, NCHAR(31), o.queue)
               WHEN N'service' THEN e.name
               WHEN N'language' THEN r.language
               WHEN N'channel' THEN r.channel
               WHEN N'quarter_hour' THEN CAST(r.offered_at / 900000 AS NVARCHAR(20))
               WHEN N'hour' THEN CAST(r.offered_at / 900000 AS NVARCHAR(20))
           END AS NVARCHAR(400)), N'') COLLATE Latin1_General_BIN2 AS group_key,
           r.version_id, a.question_key, a.kind, ISNULL(a.num, 0) AS num,
           CAST(CASE WHEN a.kind = N'choice' THEN a.text ELSE N'' END AS NVARCHAR(400)) COLLATE Latin1_General_BIN2 AS text
    FROM survey s
    JOIN response r ON r.survey_id = s.id
    JOIN offer o ON o.id = r.id
    JOIN service e ON e.id = r.service_id
    JOIN answer a ON a.response_id = r.id
    WHERE s.id >= @P1 AND s.id <= @P2 AND s.[key] >= @P6 AND r.offered_at >= @P3 AND r.offered_at < @P4
      -- The teams a person may see, each between two marks, which many collations take for nothing; no text stands for all.
      AND (DATALENGTH(@P14) = 0 OR (o.team <> N'' AND CHARINDEX(NCHAR(31) + o.team + NCHAR(31), @P14) > 0))
      AND (@P15 = N'' OR o.agent_id = @P15) AND (@P16 = N'' OR o.queue = @P16) AND (@P17 = N'' OR o.team = @P17)
      AND (@P18 = N'' OR r.channel = @P18) AND (@P19 = N'' OR r.language = @P19) AND (@P20 = N'' OR e.name = @P20)
) q
WHERE CASE WHEN survey_key > @P6 THEN 1 WHEN survey_key < @P6 THEN 0
           WHEN group_key > @P7 THEN 1 WHEN group_key < @P7 THEN 0
           WHEN version_id > CAST(@P8 AS BINARY(16)) THEN 1 WHEN version_id < CAST(@P8 AS BINARY(16)) THEN 0
           WHEN question_key > @P9 THEN 1 WHEN question_key < @P9 THEN 0
           WHEN kind > @P10 THEN 1 WHEN kind < @P10 THEN 0
           WHEN num > @P11 THEN 1 WHEN num < @P11 THEN 0
           WHEN text > @P12 THEN 1 ELSE 0 END = 1 -- in the order of the rows: the first column that differs decides
GROUP BY survey_key, group_key, version_id, question_key, kind, num, text
ORDER BY survey_key, group_key, version_id, question_key, kind, num, text
