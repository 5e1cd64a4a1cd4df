-- Takes the prompt of a name and language out of use; its audio can still be had by its id.
UPDATE prompt SET replaced_at = @P3 WHERE name = @P1 AND language = @P2 AND replaced_at IS NULL
