-- Notes when somebody last signed in by an account; never goes back.
UPDATE account SET signed_in_at = @P2 WHERE id = @P1 AND (signed_in_at IS NULL OR signed_in_at < @P2)
