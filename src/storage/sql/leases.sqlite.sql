-- All leases; of each, the milliseconds it lasts from now on. Everybody reads the database's clock.
SELECT role, holder_name, holder_node, holder_life, epoch, seq,
       expires_at - CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
       acquired_at, renewed_at
FROM lease ORDER BY role
