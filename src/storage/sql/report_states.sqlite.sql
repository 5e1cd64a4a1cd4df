-- The state of each response, with survey and group, after a row (@P6 and on): a row for each, in no order. They are counted by
-- who reads them: SQLite would sort them all for it, which takes several times as long.
-- A group's key stands after a mark: without a key it is an empty text, no NULL, and sorts first.
SELECT survey_key, group_key, state
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
           r.state
    FROM survey s
    CROSS JOIN response r -- written so, SQLite takes the surveys first and each one's responses by their index
    JOIN offer o ON o.id = r.id
    JOIN service e ON e.id = r.service_id
    WHERE s.id >= @P1 AND s.id <= @P2 AND s.[key] >= @P6 AND r.survey_id = s.id AND r.offered_at >= @P3 AND r.offered_at < @P4
      -- The teams a person may see, each between two marks; an empty text stands for all.
      AND (@P9 = '' OR (o.team <> '' AND INSTR(@P9, CONCAT(CHAR(31), o.team, CHAR(31))) > 0))
      AND (@P10 = '' OR o.agent_id = @P10) AND (@P11 = '' OR o.queue = @P11) AND (@P12 = '' OR o.team = @P12)
      AND (@P13 = '' OR r.channel = @P13) AND (@P14 = '' OR r.language = @P14) AND (@P15 = '' OR e.name = @P15)
) q
WHERE (survey_key, group_key, state) > (@P6, @P7, @P8)
