-- Deletes what was counted of a period.
DELETE FROM rollup_group WHERE starts_at = @P1
