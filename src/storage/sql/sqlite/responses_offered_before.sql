-- The oldest responses of a survey offered before a moment.
SELECT id FROM response
WHERE survey_id = @P3 AND offered_at < @P4
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
ORDER BY offered_at LIMIT @P5
