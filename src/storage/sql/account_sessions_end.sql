-- Ends all sessions of an account but one.
DELETE FROM account_session WHERE account_id = @P1 AND id <> @P2
