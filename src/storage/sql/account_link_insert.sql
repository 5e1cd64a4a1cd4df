-- Makes a link by which an account's password can be set.
INSERT INTO account_link (hash, account_id, created_at, expires_at) VALUES (@P1, @P2, @P3, @P4)
