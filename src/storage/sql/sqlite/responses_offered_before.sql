-- The oldest responses of a survey offered before a moment.
SELECT id FROM response WHERE survey_id = @P1 AND offered_at < @P2 ORDER BY offered_at LIMIT @P3
