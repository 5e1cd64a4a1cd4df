-- Stores one form of a prompt's audio.
INSERT INTO prompt_audio (prompt_id, form, audio) VALUES (@P1, @P2, @P3)
