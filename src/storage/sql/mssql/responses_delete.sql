-- Deletes the oldest responses of a survey offered before a moment, with their answers, offers, invites and messages; recordings go by
-- their foreign key.
DECLARE @gone TABLE (id BINARY(16) NOT NULL PRIMARY KEY, offered_at BIGINT NOT NULL);
INSERT INTO @gone (id, offered_at)
SELECT TOP (@P5) id, offered_at FROM response
WHERE survey_id = @P3 AND offered_at < @P4
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
ORDER BY offered_at;
-- What was counted ahead of their times holds no longer.
UPDATE rollup_period SET seq = rollup_period.seq + 1
WHERE EXISTS (SELECT 1 FROM @gone g
              WHERE g.offered_at >= rollup_period.starts_at AND g.offered_at < rollup_period.ends_at);
DELETE FROM sms_part WHERE outbox_id IN (SELECT m.id FROM outbox m JOIN @gone g ON g.id = m.response_id);
DELETE FROM outbox WHERE response_id IN (SELECT id FROM @gone);
DELETE FROM invite WHERE id IN (SELECT id FROM @gone);
DELETE FROM answer WHERE response_id IN (SELECT id FROM @gone);
DELETE FROM response WHERE id IN (SELECT id FROM @gone);
DELETE FROM offer WHERE id IN (SELECT id FROM @gone);
SET @touched = (SELECT COUNT(*) FROM @gone)
