-- Sets the hash of an account's password.
UPDATE account SET password = @P2 WHERE id = @P1
