-- Plans a period.
INSERT INTO rollup_period (starts_at, ends_at, zone, made_at, seq)
SELECT @P1, @P2, @P3, DATEDIFF_BIG(MILLISECOND, '1970-01-01', SYSUTCDATETIME()), 0
WHERE NOT EXISTS (SELECT 1 FROM rollup_period p WHERE p.starts_at = @P1)
