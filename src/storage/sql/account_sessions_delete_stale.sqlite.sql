-- Deletes sessions whose time is over, and those that were not used for long.
DELETE FROM account_session
WHERE id IN (SELECT s.id FROM account_session s
             WHERE (s.ends_at <= @P3 OR s.used_at < @P4)
               AND EXISTS (SELECT 1 FROM lease e WHERE e.role = @P1 AND e.epoch = @P2)
             ORDER BY s.ends_at LIMIT @P5)
