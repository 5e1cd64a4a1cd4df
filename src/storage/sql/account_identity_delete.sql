-- Unties an account from the person of a provider.
DELETE FROM account_identity WHERE account_id = @P1
