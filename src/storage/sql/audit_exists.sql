-- Whether a line of the audit log is written.
SELECT COUNT(*) FROM audit WHERE id = @P1
