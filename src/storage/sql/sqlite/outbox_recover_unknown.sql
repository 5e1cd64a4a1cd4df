-- Of messages that a sender before this one began nobody knows whether they were taken.
UPDATE outbox
SET state = 'unknown', cause = 'its sender ended while it was handed over', changed_at = @P3
WHERE state = 'submitting' AND epoch <= @P2
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
