-- Deletes links whose time was over before a moment.
DELETE FROM response_link
WHERE hash IN (SELECT TOP (@P4) l.hash FROM response_link l
               WHERE l.expires_at < @P3
                 AND EXISTS (SELECT 1 FROM lease e WHERE e.role = @P1 AND e.epoch = @P2)
               ORDER BY l.expires_at)
