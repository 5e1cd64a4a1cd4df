    FROM offer o
    CROSS JOIN response r -- written so, SQLite takes the customer's offers first
    WHERE r.id = o.id AND o.customer = @P22
