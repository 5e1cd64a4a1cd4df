-- Adds a survey with its first draft; a unique constraint refuses a key in use.
INSERT INTO survey (id, [key], name, document, saved_at, saved_by) VALUES (@P1, @P2, @P3, @P4, @P5, @P6)
