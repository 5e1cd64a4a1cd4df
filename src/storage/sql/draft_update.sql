-- Replaces the draft of the survey with this key.
UPDATE survey SET name = @P2, document = @P3, saved_at = @P4 WHERE [key] = @P1
