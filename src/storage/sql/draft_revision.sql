-- The revision of a survey's draft.
SELECT revision FROM survey WHERE [key] = @P1
