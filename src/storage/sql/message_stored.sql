-- Whether a message is in the outbox.
SELECT COUNT(*) FROM outbox WHERE id = @P1
