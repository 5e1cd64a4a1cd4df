-- The draft of a survey by its key.
SELECT id, [key], name, document, saved_at, revision, saved_by FROM survey WHERE [key] = @P1
