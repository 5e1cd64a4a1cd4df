-- Ends a claimed message whose recipient wants none since.
UPDATE outbox
SET state = 'skipped', cause = 'the number wants no messages', changed_at = @P3
WHERE id = @P1 AND claim_id = @P2 AND state = 'claimed'
  AND purpose IN ('invite', 'reminder', 'dialogue') AND EXISTS (SELECT 1 FROM opt_out p WHERE p.number = outbox.number)
