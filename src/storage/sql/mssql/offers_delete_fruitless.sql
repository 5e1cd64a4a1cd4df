-- Deletes the oldest asks before a moment that no response began with, and what is known of their invites.
DECLARE @fruitless TABLE (id BINARY(16) NOT NULL PRIMARY KEY);
INSERT INTO @fruitless (id)
SELECT TOP (@P4) o.id FROM offer o
WHERE o.at < @P3 AND NOT EXISTS (SELECT 1 FROM response r WHERE r.id = o.id)
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
ORDER BY o.at;
DELETE FROM invite WHERE id IN (SELECT id FROM @fruitless);
DELETE FROM offer WHERE id IN (SELECT id FROM @fruitless);
SET @touched = (SELECT COUNT(*) FROM @fruitless)
