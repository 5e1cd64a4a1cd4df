-- Messages that a sender before this one had in hand and did not begin wait again.
UPDATE outbox SET state = 'queued', changed_at = @P3
WHERE state = 'claimed' AND epoch <= @P2
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
