-- Deletes the audio of the oldest recordings of a survey received before a moment; that there was one stays known.
DECLARE @silent TABLE (id BINARY(16) NOT NULL PRIMARY KEY);
INSERT INTO @silent (id)
SELECT TOP (@P5) id FROM recording
WHERE survey_id = @P3 AND at < @P4 AND has_audio = 1
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
ORDER BY at;
DELETE FROM recording_audio WHERE recording_id IN (SELECT id FROM @silent);
UPDATE recording SET has_audio = 0 WHERE id IN (SELECT id FROM @silent);
SET @touched = (SELECT COUNT(*) FROM @silent)
