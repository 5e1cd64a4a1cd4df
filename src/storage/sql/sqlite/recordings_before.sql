-- The oldest recordings of a survey received before a moment that still have audio.
SELECT id FROM recording WHERE survey_id = @P1 AND at < @P2 AND has_audio = 1 ORDER BY at LIMIT @P3
