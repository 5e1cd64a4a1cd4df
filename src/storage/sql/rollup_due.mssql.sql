-- A period that may be counted: its bounds, its zone and its sequence number. Not one that was planned less than two minutes ago: a
-- transaction that began before would not have found it, and changes its responses unseen.
SELECT starts_at, ends_at, zone, seq FROM rollup_period
WHERE starts_at = @P1 AND made_at <= DATEDIFF_BIG(MILLISECOND, '1970-01-01', SYSUTCDATETIME()) - 120000
