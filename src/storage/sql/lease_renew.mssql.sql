-- Prolongs a lease for the life of the node that holds it in this epoch, while its time is not over.
UPDATE lease
SET seq = lease.seq + 1,
    expires_at = DATEDIFF_BIG(MILLISECOND, '1970-01-01', SYSUTCDATETIME()) + @P5,
    renewed_at = DATEDIFF_BIG(MILLISECOND, '1970-01-01', SYSUTCDATETIME())
WHERE role = @P1 AND epoch = @P2 AND holder_node = @P3 AND holder_life = @P4
  AND expires_at > DATEDIFF_BIG(MILLISECOND, '1970-01-01', SYSUTCDATETIME())
