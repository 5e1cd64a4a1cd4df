-- The newest lines of the audit log that are older than one.
SELECT TOP (@P1) u.id, u.at, u.account_id, u.who, u.action, u.subject, u.state_before, u.state_after, u.address
FROM audit u
WHERE u.id < @P2
ORDER BY u.id DESC
