-- Whether a message was settled by a claim before.
SELECT COUNT(*) FROM outbox WHERE id = @P1 AND claim_id = @P2 AND state NOT IN ('claimed', 'submitting')
