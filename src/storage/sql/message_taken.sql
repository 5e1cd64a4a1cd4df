-- A person takes a message of which nobody knows as sent.
UPDATE outbox SET state = 'accepted', cause = '', changed_at = @P2
WHERE id = @P1 AND state = 'unknown'
