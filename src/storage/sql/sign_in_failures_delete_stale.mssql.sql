-- Deletes counts of wrong passwords that do not count any more.
DELETE FROM sign_in_failure
WHERE name IN (SELECT TOP (@P4) f.name FROM sign_in_failure f
               WHERE f.last_at < @P3
                 AND EXISTS (SELECT 1 FROM lease e WHERE e.role = @P1 AND e.epoch = @P2)
               ORDER BY f.last_at)
