-- Deletes the oldest responses of a survey offered before a moment, with their answers and offers; recordings go by
-- their foreign key.
DECLARE @gone TABLE (id BINARY(16) NOT NULL PRIMARY KEY);
INSERT INTO @gone (id)
SELECT TOP (@P5) id FROM response
WHERE survey_id = @P3 AND offered_at < @P4
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
ORDER BY offered_at;
DELETE FROM answer WHERE response_id IN (SELECT id FROM @gone);
DELETE FROM response WHERE id IN (SELECT id FROM @gone);
DELETE FROM offer WHERE id IN (SELECT id FROM @gone);
SET @touched = (SELECT COUNT(*) FROM @gone)
