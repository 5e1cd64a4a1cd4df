      -- The teams a person may see, each between two marks, which many collations take for nothing; no text stands for all.
      AND (DATALENGTH(@P15) = 0 OR (o.team <> N'' AND CHARINDEX(NCHAR(31) + o.team + NCHAR(31), @P15) > 0))
    ORDER BY r.offered_at DESC, r.id DESC
) f
