-- Writes one value over another: proves that writing works and leaves nothing behind.
UPDATE probe SET at = @P1 WHERE id = 1
