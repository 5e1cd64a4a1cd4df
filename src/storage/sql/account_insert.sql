-- Adds an account; a unique constraint refuses a name in use. Empty texts stand for none.
INSERT INTO account (id, name, display_name, role, password, language, created_at, locked_at, signed_in_at, teams)
VALUES (@P1, @P2, @P3, @P4, NULLIF(@P5, ''), NULLIF(@P6, ''), @P7, @P8, @P9, @P10)
