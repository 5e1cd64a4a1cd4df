-- Takes a lease that still stands as it was found, if nobody holds it, its time is over, or an earlier life of the same node holds it.
UPDATE lease
SET holder_name = @P4, holder_node = @P5, holder_life = @P6,
    epoch = lease.epoch + 1,
    seq = lease.seq + 1,
    expires_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + @P7,
    acquired_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
    renewed_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)
WHERE role = @P1 AND epoch = @P2 AND seq = @P3
  AND (holder_node IS NULL
       OR expires_at <= CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)
       OR (@P8 = 1 AND holder_node = @P5))
