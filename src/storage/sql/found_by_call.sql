    FROM offer o
    CROSS JOIN response r -- written so, SQLite takes the call's offers first
    WHERE r.id = o.id AND o.call_id = @P23
