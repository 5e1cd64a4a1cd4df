-- Records when a key was last used; never goes back.
UPDATE api_key SET last_used_at = @P2 WHERE id = @P1 AND (last_used_at IS NULL OR last_used_at < @P2)
