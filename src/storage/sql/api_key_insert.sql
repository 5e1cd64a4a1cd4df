-- Adds an API key; a unique index refuses a name in use.
INSERT INTO api_key (id, name, hash, scopes, created_at, last_used_at, revoked_at)
VALUES (@P1, @P2, @P3, @P4, @P5, @P6, @P7)
