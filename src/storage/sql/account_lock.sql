-- Locks an account, or unlocks it (NULL).
UPDATE account SET locked_at = @P2 WHERE id = @P1
