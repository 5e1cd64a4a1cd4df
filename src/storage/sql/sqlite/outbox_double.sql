-- Counts that a message was taken by a gateway when another had it in hand again.
UPDATE outbox SET doubles = outbox.doubles + 1 WHERE id = @P1
