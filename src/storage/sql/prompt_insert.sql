-- Stores a prompt; its audio follows.
INSERT INTO prompt (id, name, language, source, source_sha256, source_format, duration_ms, stored_at)
VALUES (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8)
