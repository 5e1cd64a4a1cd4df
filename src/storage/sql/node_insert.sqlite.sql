-- A node that was never seen before.
INSERT INTO node (id, life, name, version, addresses, listen, started_at, seen_at,
                  clock_offset_ms, cpu_percent, memory_bytes, memory_total_bytes,
                  disk_free_bytes, disk_total_bytes, spool_entries, spool_bytes, vip, catalog_stamp)
VALUES (@P1, @P2, @P3, @P4, @P5, @P6,
        CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) - @P7,
        CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
        @P8, @P9, @P10, @P11, @P12, @P13, @P14, @P15, @P16, @P17)
