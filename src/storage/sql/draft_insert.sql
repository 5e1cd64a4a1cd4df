-- Adds a survey with its first draft.
INSERT INTO survey (id, [key], name, document, saved_at) VALUES (@P1, @P2, @P3, @P4, @P5)
