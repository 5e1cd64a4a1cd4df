-- Whether a claim is the last that had a message in hand.
SELECT COUNT(*) FROM outbox WHERE id = @P1 AND claim_id = @P2
