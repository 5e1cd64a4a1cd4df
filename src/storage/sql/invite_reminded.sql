-- Notes that a reminder was seen to, once.
UPDATE invite SET remind_at = NULL
WHERE id = @P3 AND remind_at IS NOT NULL
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
