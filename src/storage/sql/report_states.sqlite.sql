-- How many responses are in each state, by survey and group: the first @P9 of them after a row (@P6 and on).
-- A group's key stands after a mark: without a key it is an empty text, no NULL, and sorts first.
SELECT survey_key, group_key, state, COUNT(*)
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
           r.state
    FROM survey s
    CROSS JOIN response r -- written so, SQLite takes the surveys first and each one's responses by their index
    JOIN offer o ON o.id = r.id
    JOIN service e ON e.id = r.service_id
    WHERE s.id >= @P1 AND s.id <= @P2 AND s.[key] >= @P6 AND r.survey_id = s.id AND r.offered_at >= @P3 AND r.offered_at < @P4
      -- The teams a person may see, each between two marks; an empty text stands for all.
      AND (@P10 = '' OR (o.team <> '' AND INSTR(@P10, CONCAT(CHAR(31), o.team, CHAR(31))) > 0))
      AND (@P11 = '' OR o.agent_id = @P11) AND (@P12 = '' OR o.queue = @P12) AND (@P13 = '' OR o.team = @P13)
      AND (@P14 = '' OR r.channel = @P14) AND (@P15 = '' OR r.language = @P15) AND (@P16 = '' OR e.name = @P16)
) q
WHERE (survey_key, group_key, state) > (@P6, @P7, @P8)
GROUP BY survey_key, group_key, state
ORDER BY survey_key, group_key, state
LIMIT @P9
