-- Gives an account another role.
UPDATE account SET role = @P2 WHERE id = @P1
