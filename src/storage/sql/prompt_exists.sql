-- Whether a prompt with this id is stored.
SELECT COUNT(*) FROM prompt WHERE id = @P1
