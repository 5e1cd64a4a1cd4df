-- The nodes seen within 30 days, the one seen last first; of each, the milliseconds since. Everybody reads the database's clock.
SELECT id, life, name, version, addresses, listen,
       clock_offset_ms, cpu_percent, memory_bytes, memory_total_bytes,
       disk_free_bytes, disk_total_bytes, spool_entries, spool_bytes, vip, catalog_stamp,
       started_at, seen_at, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) - seen_at
FROM node
WHERE seen_at > CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) - 2592000000
ORDER BY seen_at DESC, name, id
