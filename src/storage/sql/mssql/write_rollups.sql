-- What was counted ahead of the times of these responses holds no longer.
IF (length) > 0
UPDATE rollup_period SET seq = rollup_period.seq + 1
WHERE starts_at IN (
    SELECT p.starts_at
    FROM (rows) AS w
    CROSS APPLY (SELECT TOP (1) r.offered_at FROM response r WHERE r.id = w.id) AS r
    CROSS APPLY (SELECT TOP (1) p.starts_at, p.ends_at FROM rollup_period p
                 WHERE p.starts_at <= r.offered_at ORDER BY p.starts_at DESC) AS p
    WHERE p.ends_at > r.offered_at)
