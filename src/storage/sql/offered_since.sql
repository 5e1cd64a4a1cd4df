-- How many responses of a survey were offered since a moment.
SELECT COUNT(*) FROM response WHERE survey_id = @P1 AND offered_at >= @P2
