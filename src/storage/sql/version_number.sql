-- The number a version was given.
SELECT number FROM version WHERE id = @P1
