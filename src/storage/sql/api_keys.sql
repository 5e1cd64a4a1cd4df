-- All API keys by name, revoked ones too.
SELECT id, name, hash, scopes, created_at, last_used_at, revoked_at FROM api_key ORDER BY name, created_at, id
