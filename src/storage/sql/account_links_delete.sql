-- Ends all links of an account.
DELETE FROM account_link WHERE account_id = @P1
