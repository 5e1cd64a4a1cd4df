-- Whether an API key with this id is stored.
SELECT COUNT(*) FROM api_key WHERE id = @P1
