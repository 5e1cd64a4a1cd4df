-- What a node says of itself, seen now. When its life began stays as it was first said.
UPDATE node
SET started_at = CASE WHEN node.life = @P2 THEN node.started_at
                      ELSE DATEDIFF_BIG(MILLISECOND, '1970-01-01', SYSUTCDATETIME()) - @P7 END,
    seen_at = DATEDIFF_BIG(MILLISECOND, '1970-01-01', SYSUTCDATETIME()),
    life = @P2, name = @P3, version = @P4, addresses = @P5, listen = @P6,
    clock_offset_ms = @P8, cpu_percent = @P9, memory_bytes = @P10, memory_total_bytes = @P11,
    disk_free_bytes = @P12, disk_total_bytes = @P13, spool_entries = @P14, spool_bytes = @P15,
    vip = @P16, catalog_stamp = @P17
WHERE id = @P1
