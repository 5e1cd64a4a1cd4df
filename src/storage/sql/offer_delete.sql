-- Deletes the offer of a response that is gone.
DELETE FROM offer WHERE id = @P1
