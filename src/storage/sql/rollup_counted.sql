-- Notes that a period is counted, if nothing of it changed since its sequence number was read, and under the lease only.
UPDATE rollup_period SET counted_seq = @P4
WHERE starts_at = @P3 AND seq = @P4
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
