-- Ends a session of an account.
DELETE FROM account_session WHERE id = @P1 AND account_id = @P2
