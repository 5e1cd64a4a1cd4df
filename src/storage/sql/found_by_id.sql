    FROM offer o
    CROSS JOIN response r
    WHERE r.id = o.id AND o.id = @P24
