-- Saves a view in place of the one of the same name.
UPDATE saved_view SET query = @P4, created_at = @P5 WHERE account_id = @P1 AND page = @P2 AND name = @P3
