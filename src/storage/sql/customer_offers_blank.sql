-- Blanks what tells who a customer is.
UPDATE offer SET customer = NULL, call_id = NULL WHERE customer = @P1
