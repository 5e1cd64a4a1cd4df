-- Puts a claimed message back that was not begun.
UPDATE outbox SET state = 'queued', due_at = @P3, cause = @P4, changed_at = @P5
WHERE id = @P1 AND claim_id = @P2 AND state = 'claimed'
