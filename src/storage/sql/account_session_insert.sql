-- Begins a session.
INSERT INTO account_session (id, token_hash, account_id, created_at, used_at, ends_at, address, agent)
VALUES (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8)
