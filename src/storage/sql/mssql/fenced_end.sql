-- Commits, if the lease still is in the epoch the write was begun under. The row is held until then, and no longer: whoever
-- takes the lease waits for this write, or this write finds the new epoch and is undone; renewals do not wait for its work.
UPDATE lease SET seq = lease.seq WHERE role = @P1 AND epoch = @P2;
IF @@ROWCOUNT = 0
BEGIN
    ROLLBACK TRANSACTION;
    SET @touched = 0;
END
ELSE COMMIT TRANSACTION;
SELECT @touched
