-- Takes a period away.
DELETE FROM rollup_period WHERE starts_at = @P1
