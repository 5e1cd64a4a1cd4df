-- Takes a lease that still stands as it was found, if nobody holds it, its time is over, or an earlier life of the same node holds it.
UPDATE lease
SET holder_name = @P4, holder_node = @P5, holder_life = @P6,
    epoch = lease.epoch + 1,
    seq = lease.seq + 1,
    expires_at = DATEDIFF_BIG(MILLISECOND, '1970-01-01', SYSUTCDATETIME()) + @P7,
    acquired_at = DATEDIFF_BIG(MILLISECOND, '1970-01-01', SYSUTCDATETIME()),
    renewed_at = DATEDIFF_BIG(MILLISECOND, '1970-01-01', SYSUTCDATETIME())
WHERE role = @P1 AND epoch = @P2 AND seq = @P3
  AND (holder_node IS NULL
       OR expires_at <= DATEDIFF_BIG(MILLISECOND, '1970-01-01', SYSUTCDATETIME())
       OR (@P8 = 1 AND holder_node = @P5))
