-- The oldest asks before a moment that no response began with.
SELECT o.id FROM offer o
WHERE o.at < @P3 AND NOT EXISTS (SELECT 1 FROM response r WHERE r.id = o.id)
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
ORDER BY o.at LIMIT @P4
