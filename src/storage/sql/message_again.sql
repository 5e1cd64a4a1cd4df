-- A person has a message sent again; counted where it may have been taken before.
UPDATE outbox
SET state = 'queued', due_at = @P3, expires_at = @P2, attempt = 0, cause = '', changed_at = @P3,
    doubles = outbox.doubles + CASE WHEN state = 'unknown' THEN 1 ELSE 0 END
WHERE id = @P1 AND state IN ('refused', 'undelivered', 'expired', 'unknown')
