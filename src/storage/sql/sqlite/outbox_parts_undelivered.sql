-- A message did not arrive when one of its parts did not. Parts of one that is being sent again are of an earlier try.
UPDATE outbox SET state = 'undelivered', cause = @P3, changed_at = @P2
WHERE id = @P1 AND state = 'accepted'
  AND EXISTS (SELECT 1 FROM sms_part p WHERE p.outbox_id = @P1 AND p.state = 'undelivered')
