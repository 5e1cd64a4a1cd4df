-- Deletes the audio of the oldest recordings of a survey received before a moment; that there was one stays known. How many.
BEGIN TRANSACTION;
DECLARE @silent TABLE (id BINARY(16) NOT NULL PRIMARY KEY);
INSERT INTO @silent (id) SELECT TOP (@P3) id FROM recording WHERE survey_id = @P1 AND at < @P2 AND has_audio = 1 ORDER BY at;
DELETE FROM recording_audio WHERE recording_id IN (SELECT id FROM @silent);
UPDATE recording SET has_audio = 0 WHERE id IN (SELECT id FROM @silent);
SELECT COUNT(*) FROM @silent;
COMMIT TRANSACTION
