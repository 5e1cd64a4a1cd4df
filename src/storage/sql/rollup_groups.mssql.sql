-- What was counted ahead of a report: the groups of the periods within its time whose figures hold: those of single hours of
-- the day where that is what is asked for, else those of all hours. A period that stands for a quarter of an hour is its first one: it
-- lies within one day.
SELECT g.starts_at, s.[key], ISNULL(N'=' + CAST(CASE @P5
           WHEN N'survey' THEN N''
           WHEN N'agent' THEN g.agent_id
           WHEN N'team' THEN g.team
           WHEN N'queue' THEN g.queue
           WHEN N'agent_queue' THEN CONCAT(g.agent_id, NCHAR(31), g.queue)
           WHEN N'service' THEN e.name
           WHEN N'language' THEN g.language
           WHEN N'channel' THEN g.channel
           WHEN N'quarter_hour' THEN CAST(g.starts_at / 900000 AS NVARCHAR(20))
           WHEN N'hour' THEN CAST(g.hour_at / 900000 AS NVARCHAR(20))
       END AS NVARCHAR(400)), N'') COLLATE Latin1_General_BIN2,
       g.agent_id, g.agent_name, g.named_at, g.counts
FROM rollup_period p
JOIN rollup_group g ON g.starts_at = p.starts_at
JOIN survey s ON s.id = g.survey_id
JOIN service e ON e.id = g.service_id
WHERE p.starts_at >= @P3 AND p.ends_at <= @P4 AND p.zone = @P6 AND p.counted_seq = p.seq AND s.id >= @P1 AND s.id <= @P2
  AND ((@P5 = N'hour' AND g.hour_at IS NOT NULL) OR (@P5 <> N'hour' AND g.hour_at IS NULL))
  -- The teams a person may see, each between two marks, which many collations take for nothing; no text stands for all.
  AND (DATALENGTH(@P7) = 0 OR (g.team <> N'' AND CHARINDEX(NCHAR(31) + g.team + NCHAR(31), @P7) > 0))
  AND (@P8 = N'' OR g.agent_id = @P8) AND (@P9 = N'' OR g.queue = @P9) AND (@P10 = N'' OR g.team = @P10)
  AND (@P11 = N'' OR g.channel = @P11) AND (@P12 = N'' OR g.language = @P12) AND (@P13 = N'' OR e.name = @P13)
