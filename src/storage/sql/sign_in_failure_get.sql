-- The wrong passwords under a key.
SELECT failures, last_at FROM sign_in_failure WHERE name = @P1
