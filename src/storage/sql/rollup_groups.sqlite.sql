-- What was counted ahead of a report: the groups of the periods within its time whose figures hold: those of single hours of
-- the day where that is what is asked for, else those of all hours. A period that stands for a quarter of an hour is its first one: it
-- lies within one day.
SELECT g.starts_at, s.[key], COALESCE('=' || CASE @P5
           WHEN 'survey' THEN ''
           WHEN 'agent' THEN g.agent_id
           WHEN 'team' THEN g.team
           WHEN 'queue' THEN g.queue
           WHEN 'agent_queue' THEN CONCAT(g.agent_id, CHAR(31), g.queue)
           WHEN 'service' THEN e.name
           WHEN 'language' THEN g.language
           WHEN 'channel' THEN g.channel
           WHEN 'quarter_hour' THEN CAST(g.starts_at / 900000 AS TEXT)
           WHEN 'hour' THEN CAST(g.hour_at / 900000 AS TEXT)
       END, ''),
       g.agent_id, g.agent_name, g.named_at, g.counts
FROM rollup_period p
JOIN rollup_group g ON g.starts_at = p.starts_at
JOIN survey s ON s.id = g.survey_id
JOIN service e ON e.id = g.service_id
WHERE p.starts_at >= @P3 AND p.ends_at <= @P4 AND p.zone = @P6 AND p.counted_seq = p.seq AND s.id >= @P1 AND s.id <= @P2
  AND (g.hour_at IS NOT NULL) = (@P5 = 'hour')
  -- The teams a person may see, each between two marks; an empty text stands for all.
  AND (@P7 = '' OR (g.team <> '' AND INSTR(@P7, CONCAT(CHAR(31), g.team, CHAR(31))) > 0))
  AND (@P8 = '' OR g.agent_id = @P8) AND (@P9 = '' OR g.queue = @P9) AND (@P10 = '' OR g.team = @P10)
  AND (@P11 = '' OR g.channel = @P11) AND (@P12 = '' OR g.language = @P12) AND (@P13 = '' OR e.name = @P13)
