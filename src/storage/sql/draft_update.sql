-- Replaces the draft of the survey with this key, if its revision is the one that was read (@P6); any where that is 0.
UPDATE survey SET name = @P2, document = @P3, saved_at = @P4, saved_by = @P5, revision = revision + 1
WHERE [key] = @P1 AND (@P6 = 0 OR revision = @P6)
