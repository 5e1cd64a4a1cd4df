-- All accounts by name.
SELECT a.id, a.name, a.display_name, a.role, a.password, a.language, a.created_at, a.locked_at, a.signed_in_at, a.teams, a.totp_secret, a.totp_step,
       i.issuer, i.subject, i.bound_at
FROM account a LEFT JOIN account_identity i ON i.account_id = a.id
ORDER BY a.name
