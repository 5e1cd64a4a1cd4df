-- Notes that a number wants no messages, unless that is known.
INSERT INTO opt_out (number, at, source)
SELECT @P1, @P2, @P3
WHERE NOT EXISTS (SELECT 1 FROM opt_out p WHERE p.number = @P1)
