-- A message is delivered when all its parts are: also one that was about to be sent again.
UPDATE outbox SET state = 'delivered', cause = '', changed_at = @P2
WHERE id = @P1 AND state IN ('accepted', 'undelivered', 'unknown', 'submitting', 'queued', 'claimed')
  AND EXISTS (SELECT 1 FROM sms_part p WHERE p.outbox_id = @P1)
  AND NOT EXISTS (SELECT 1 FROM sms_part p WHERE p.outbox_id = @P1 AND p.state <> 'delivered')
