-- The oldest recordings of a survey received before a moment that still have audio.
SELECT id FROM recording
WHERE survey_id = @P3 AND at < @P4 AND has_audio = 1
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
ORDER BY at LIMIT @P5
