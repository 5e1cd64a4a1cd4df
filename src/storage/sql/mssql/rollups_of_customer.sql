-- What was counted ahead of the times of a customer's responses holds no longer.
UPDATE rollup_period SET seq = rollup_period.seq + 1
WHERE EXISTS (SELECT 1 FROM offer o JOIN response r ON r.id = o.id
              WHERE o.customer = @P1 AND r.offered_at >= rollup_period.starts_at AND r.offered_at < rollup_period.ends_at)
