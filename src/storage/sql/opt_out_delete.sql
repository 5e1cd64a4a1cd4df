-- Forgets that a number wants no messages.
DELETE FROM opt_out WHERE number = @P1
