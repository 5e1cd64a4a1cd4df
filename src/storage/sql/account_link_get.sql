-- A link and its account.
SELECT l.hash, l.account_id, l.created_at, l.expires_at,
       a.id, a.name, a.display_name, a.role, a.password, a.language, a.created_at, a.locked_at, a.signed_in_at, a.teams, a.totp_secret, a.totp_step,
       i.issuer, i.subject, i.bound_at
FROM account_link l JOIN account a ON a.id = l.account_id LEFT JOIN account_identity i ON i.account_id = a.id
WHERE l.hash = @P1
