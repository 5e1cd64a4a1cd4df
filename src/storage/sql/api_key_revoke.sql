-- Revokes the valid key with this name.
UPDATE api_key SET revoked_at = @P2 WHERE name = @P1 AND revoked_at IS NULL
