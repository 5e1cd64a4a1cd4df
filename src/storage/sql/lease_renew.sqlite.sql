-- Prolongs a lease for the life of the node that holds it in this epoch, while its time is not over.
UPDATE lease
SET seq = lease.seq + 1,
    expires_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + @P5,
    renewed_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)
WHERE role = @P1 AND epoch = @P2 AND holder_node = @P3 AND holder_life = @P4
  AND expires_at > CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)
