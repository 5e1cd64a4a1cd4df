-- The sessions of an account, the one used last first.
SELECT s.id, s.token_hash, s.account_id, s.created_at, s.used_at, s.ends_at, s.address, s.agent
FROM account_session s WHERE s.account_id = @P1
ORDER BY s.used_at DESC, s.id DESC
