-- How many responses are in each state, by survey and group: the first @P9 of them after a row (@P6 and on).
-- A group's key stands after a mark: without a key it is an empty text, no NULL, and sorts first.
SELECT TOP (@P9) survey_key, group_key, state, COUNT_BIG(*)
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
           r.state
    FROM survey s
    JOIN response r ON r.survey_id = s.id
    JOIN offer o ON o.id = r.id
    JOIN service e ON e.id = r.service_id
    WHERE s.id >= @P1 AND s.id <= @P2 AND s.[key] >= @P6 AND r.offered_at >= @P3 AND r.offered_at < @P4
      -- The teams a person may see, each between two marks, which many collations take for nothing; no text stands for all.
      AND (DATALENGTH(@P10) = 0 OR (o.team <> N'' AND CHARINDEX(NCHAR(31) + o.team + NCHAR(31), @P10) > 0))
      AND (@P11 = N'' OR o.agent_id = @P11) AND (@P12 = N'' OR o.queue = @P12) AND (@P13 = N'' OR o.team = @P13)
      AND (@P14 = N'' OR r.channel = @P14) AND (@P15 = N'' OR r.language = @P15) AND (@P16 = N'' OR e.name = @P16)
) q
WHERE CASE WHEN survey_key > @P6 THEN 1 WHEN survey_key < @P6 THEN 0
           WHEN group_key > @P7 THEN 1 WHEN group_key < @P7 THEN 0
           WHEN state > @P8 THEN 1 ELSE 0 END = 1 -- in the order of the rows: the first column that differs decides
GROUP BY survey_key, group_key, state
ORDER BY survey_key, group_key, state
