-- How often each value was answered to responses offered within a period.
SELECT survey_id, service_id, channel, language, agent_id, team, queue, quarter, version_id, question_key, kind, num, text, COUNT_BIG(*)
FROM (
    SELECT r.survey_id, r.service_id, r.channel, r.language, o.agent_id, o.team, o.queue, r.offered_at / 900000 AS quarter,
           r.version_id, a.question_key, a.kind, ISNULL(a.num, 0) AS num,
           CAST(CASE WHEN a.kind = N'choice' THEN a.text ELSE N'' END AS NVARCHAR(400)) COLLATE Latin1_General_BIN2 AS text
    FROM response r
    JOIN offer o ON o.id = r.id
    JOIN answer a ON a.response_id = r.id
    WHERE r.offered_at >= @P1 AND r.offered_at < @P2
) q
GROUP BY survey_id, service_id, channel, language, agent_id, team, queue, quarter, version_id, question_key, kind, num, text
