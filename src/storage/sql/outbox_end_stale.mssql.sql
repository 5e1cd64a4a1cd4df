-- Ends messages that are due and are not to be sent any more, of so many.
UPDATE outbox
SET state = CASE WHEN expires_at <= @P4 THEN N'expired' ELSE N'skipped' END,
    cause = CASE WHEN expires_at <= @P4 THEN N'it was not sent in time'
                 WHEN EXISTS (SELECT 1 FROM opt_out p WHERE p.number = outbox.number) THEN N'the number wants no messages'
                 ELSE N'its survey is answered, or over' END,
    changed_at = @P4
WHERE id IN (SELECT TOP (@P5) q.id FROM outbox q WHERE q.state = N'queued' AND q.due_at <= @P4 ORDER BY q.due_at, q.id)
  AND state = N'queued'
  AND (expires_at <= @P4
       OR (purpose IN (N'invite', N'reminder', N'dialogue') AND EXISTS (SELECT 1 FROM opt_out p WHERE p.number = outbox.number))
       OR (purpose IN (N'invite', N'reminder') AND EXISTS (SELECT 1 FROM response r WHERE r.id = outbox.response_id AND r.state <> N'offered')))
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
