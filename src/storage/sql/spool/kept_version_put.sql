-- Keeps a version; versions never change.
INSERT OR IGNORE INTO kept_version (id, kept_at, body) VALUES (@P1, @P2, @P3)
