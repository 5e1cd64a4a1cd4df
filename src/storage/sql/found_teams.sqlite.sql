      -- The teams a person may see, each between two marks; an empty text stands for all.
      AND (@P15 = '' OR (o.team <> '' AND INSTR(@P15, CONCAT(CHAR(31), o.team, CHAR(31))) > 0))
    ORDER BY r.offered_at DESC, r.id DESC
    LIMIT @P1
) f
