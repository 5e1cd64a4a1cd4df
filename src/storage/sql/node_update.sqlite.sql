-- What a node says of itself, seen now. When its life began stays as it was first said.
UPDATE node
SET started_at = CASE WHEN node.life = @P2 THEN node.started_at
                      ELSE CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) - @P7 END,
    seen_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
    life = @P2, name = @P3, version = @P4, addresses = @P5, listen = @P6,
    clock_offset_ms = @P8, cpu_percent = @P9, memory_bytes = @P10, memory_total_bytes = @P11,
    disk_free_bytes = @P12, disk_total_bytes = @P13, spool_entries = @P14, spool_bytes = @P15,
    vip = @P16, catalog_stamp = @P17
WHERE id = @P1
