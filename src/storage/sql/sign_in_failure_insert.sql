-- The first wrong password under a key.
INSERT INTO sign_in_failure (name, failures, last_at) VALUES (@P1, 1, @P2)
