-- Gives an account other teams: a JSON list.
UPDATE account SET teams = @P2 WHERE id = @P1
