-- All leases; of each, the milliseconds it lasts from now on. Everybody reads the database's clock.
SELECT role, holder_name, holder_node, holder_life, epoch, seq,
       expires_at - DATEDIFF_BIG(MILLISECOND, '1970-01-01', SYSUTCDATETIME()),
       acquired_at, renewed_at
FROM lease ORDER BY role
