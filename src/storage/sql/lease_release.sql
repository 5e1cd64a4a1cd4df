-- Gives a lease back, whoever holds it in this epoch. The epoch stays: the next holder raises it.
UPDATE lease
SET holder_name = NULL, holder_node = NULL, holder_life = NULL,
    seq = lease.seq + 1,
    expires_at = 0,
    acquired_at = NULL,
    renewed_at = NULL
WHERE role = @P1 AND epoch = @P2 AND holder_node IS NOT NULL
