-- Counts one more wrong password; anew where the last one was too long ago.
UPDATE sign_in_failure
SET failures = CASE WHEN sign_in_failure.last_at < @P3 THEN 1 ELSE sign_in_failure.failures + 1 END,
    last_at = @P2
WHERE name = @P1
