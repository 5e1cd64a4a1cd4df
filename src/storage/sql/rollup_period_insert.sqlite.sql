-- Plans a period.
INSERT INTO rollup_period (starts_at, ends_at, zone, made_at, seq)
VALUES (@P1, @P2, @P3, CAST(unixepoch('subsec') * 1000 AS INTEGER), 0)
ON CONFLICT DO NOTHING
