-- Notes that a message is about to be handed to a gateway: under the lease, by the claim, and unless its recipient wants none.
UPDATE outbox
SET state = 'submitting', attempt = outbox.attempt + 1, submitted_at = @P7, route = @P5, parts = @P6, changed_at = @P7
WHERE id = @P4 AND claim_id = @P3 AND state = 'claimed'
  AND NOT (purpose IN ('invite', 'reminder', 'dialogue') AND EXISTS (SELECT 1 FROM opt_out p WHERE p.number = outbox.number))
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
