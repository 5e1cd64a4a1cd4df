-- Deletes the oldest asks before a moment that no response began with.
DELETE FROM offer
WHERE id IN (SELECT TOP (@P2) o.id FROM offer o
             WHERE o.at < @P1 AND NOT EXISTS (SELECT 1 FROM response r WHERE r.id = o.id)
             ORDER BY o.at)
