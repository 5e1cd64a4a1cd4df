-- Takes messages in hand that are due, under the lease, the longest due first; by one claim once, so that it may be repeated.
UPDATE outbox
SET state = N'claimed', claim_id = @P3, epoch = @P2, claimed_at = @P4, changed_at = @P4
WHERE id IN (SELECT TOP (@P5) q.id FROM outbox q WITH (ROWLOCK, UPDLOCK, READPAST)
             WHERE q.state = N'queued' AND q.due_at <= @P4 ORDER BY q.due_at, q.id)
  AND state = N'queued' AND expires_at > @P4
  AND NOT (purpose IN (N'invite', N'reminder', N'dialogue') AND EXISTS (SELECT 1 FROM opt_out p WHERE p.number = outbox.number))
  AND NOT (purpose IN (N'invite', N'reminder') AND EXISTS (SELECT 1 FROM response r WHERE r.id = outbox.response_id AND r.state <> N'offered'))
  AND NOT EXISTS (SELECT 1 FROM outbox c WHERE c.claim_id = @P3)
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
