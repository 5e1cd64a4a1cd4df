-- Takes messages in hand that are due, under the lease, the longest due first.
UPDATE outbox
SET state = 'claimed', claim_id = @P3, epoch = @P2, claimed_at = @P4, changed_at = @P4
WHERE id IN (SELECT TOP (@P5) q.id FROM outbox q WITH (ROWLOCK, UPDLOCK, READPAST)
             WHERE q.state = N'queued' AND q.due_at <= @P4 ORDER BY q.due_at, q.id)
  AND state = 'queued' AND expires_at > @P4
  AND NOT (purpose IN ('invite', 'reminder', 'dialogue') AND EXISTS (SELECT 1 FROM opt_out p WHERE p.number = outbox.number))
  AND NOT (purpose IN ('invite', 'reminder') AND EXISTS (SELECT 1 FROM response r WHERE r.id = outbox.response_id AND r.state <> 'offered'))
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
