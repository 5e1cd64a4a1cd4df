-- The revision of a survey's draft, if this very save made it.
SELECT revision FROM survey WHERE [key] = @P1 AND saved_at = @P2 AND saved_by = @P3
