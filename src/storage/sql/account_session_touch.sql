-- Notes when a session was last used; never goes back.
UPDATE account_session SET used_at = @P2 WHERE id = @P1 AND used_at < @P2
