-- All prompts in use.
SELECT id, name, language, source, source_sha256, source_format, duration_ms, stored_at
FROM prompt
WHERE replaced_at IS NULL
ORDER BY name, language
