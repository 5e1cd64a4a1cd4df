-- What was counted ahead of the time of a response holds no longer.
UPDATE rollup_period SET seq = rollup_period.seq + 1
WHERE EXISTS (SELECT 1 FROM response r
              WHERE r.id = @P1 AND r.offered_at >= rollup_period.starts_at AND r.offered_at < rollup_period.ends_at)
