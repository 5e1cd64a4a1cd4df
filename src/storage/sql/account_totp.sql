-- Gives an account a second factor, or takes it away (an empty text).
UPDATE account SET totp_secret = NULLIF(@P2, '') WHERE id = @P1
