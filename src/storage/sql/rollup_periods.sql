-- The periods that are counted ahead or are to be, by time.
SELECT starts_at, ends_at, zone, seq, counted_seq FROM rollup_period ORDER BY starts_at
