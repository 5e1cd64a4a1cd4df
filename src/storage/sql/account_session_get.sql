-- The session with a secret's hash, and its account.
SELECT s.id, s.token_hash, s.account_id, s.created_at, s.used_at, s.ends_at, s.address, s.agent,
       a.id, a.name, a.display_name, a.role, a.password, a.language, a.created_at, a.locked_at, a.signed_in_at, a.teams, a.totp_secret, a.totp_step,
       i.issuer, i.subject, i.bound_at
FROM account_session s JOIN account a ON a.id = s.account_id LEFT JOIN account_identity i ON i.account_id = a.id
WHERE s.token_hash = @P1
