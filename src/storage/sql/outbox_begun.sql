-- Whether a message was begun by a claim.
SELECT COUNT(*) FROM outbox WHERE id = @P1 AND claim_id = @P2 AND state = 'submitting'
