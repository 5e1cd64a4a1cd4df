-- Deletes a response whose answers are gone.
DELETE FROM response WHERE id = @P1
