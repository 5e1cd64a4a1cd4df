-- A period that is to be counted: its bounds, its zone and its sequence number. Whatever changes a response of it raises that from when
-- the period was planned on.
SELECT starts_at, ends_at, zone, seq FROM rollup_period WHERE starts_at = @P1
