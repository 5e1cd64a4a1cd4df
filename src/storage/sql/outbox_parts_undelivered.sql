-- A message did not arrive when one of its parts did not.
UPDATE outbox SET state = 'undelivered', cause = @P3, changed_at = @P2
WHERE id = @P1 AND state IN ('accepted', 'unknown', 'submitting')
  AND EXISTS (SELECT 1 FROM sms_part p WHERE p.outbox_id = @P1 AND p.state = 'undelivered')
