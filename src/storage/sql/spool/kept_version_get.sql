-- A version.
SELECT body FROM kept_version WHERE id = @P1
