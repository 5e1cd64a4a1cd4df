-- Keeps one form of a prompt's audio.
INSERT OR REPLACE INTO kept_audio (prompt_id, form, audio) VALUES (@P1, @P2, @P3)
