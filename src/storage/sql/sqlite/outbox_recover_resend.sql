-- Messages of a route that a sender before this one began are sent once more from @P5 on, which is counted.
UPDATE outbox
SET state = 'queued', doubles = outbox.doubles + 1, due_at = @P5, cause = 'its sender ended while it was handed over', changed_at = @P3
WHERE state = 'submitting' AND epoch <= @P2 AND route = @P4 AND doubles = 0
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
