    FROM response r
    CROSS JOIN offer o -- written so, SQLite takes the responses by their time
    WHERE o.id = r.id
