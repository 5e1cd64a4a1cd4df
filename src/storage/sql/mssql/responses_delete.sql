-- Deletes the oldest responses of a survey offered before a moment, with their answers and offers; recordings go by
-- their foreign key. How many.
BEGIN TRANSACTION;
DECLARE @gone TABLE (id BINARY(16) NOT NULL PRIMARY KEY);
INSERT INTO @gone (id) SELECT TOP (@P3) id FROM response WHERE survey_id = @P1 AND offered_at < @P2 ORDER BY offered_at;
DELETE FROM answer WHERE response_id IN (SELECT id FROM @gone);
DELETE FROM response WHERE id IN (SELECT id FROM @gone);
DELETE FROM offer WHERE id IN (SELECT id FROM @gone);
SELECT COUNT(*) FROM @gone;
COMMIT TRANSACTION
