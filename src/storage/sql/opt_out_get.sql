-- Since when a number wants no messages.
SELECT number, at, source FROM opt_out WHERE number = @P1
