-- Whether the prompt of a name and language was made from this very file.
SELECT COUNT(*) FROM prompt
WHERE name = @P1 AND language = @P2 AND source_sha256 = @P3 AND replaced_at IS NULL
