-- Deletes an entry that the database has.
DELETE FROM entry WHERE n = @P1
