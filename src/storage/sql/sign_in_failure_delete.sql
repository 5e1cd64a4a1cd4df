-- Forgets the wrong passwords under a key.
DELETE FROM sign_in_failure WHERE name = @P1
