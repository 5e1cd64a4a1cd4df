-- Ends messages that are due and are not to be sent any more, of so many.
UPDATE outbox
SET state = CASE WHEN expires_at <= @P3 THEN 'expired' ELSE 'skipped' END,
    cause = CASE WHEN expires_at <= @P3 THEN 'it was not sent in time'
                 WHEN EXISTS (SELECT 1 FROM opt_out p WHERE p.number = outbox.number) THEN 'the number wants no messages'
                 ELSE 'its survey is answered, or over' END,
    changed_at = @P3
WHERE id IN (SELECT TOP (@P4) q.id FROM outbox q WHERE q.state = N'queued' AND q.due_at <= @P3 ORDER BY q.due_at, q.id)
  AND state = 'queued'
  AND (expires_at <= @P3
       OR (purpose IN ('invite', 'reminder', 'dialogue') AND EXISTS (SELECT 1 FROM opt_out p WHERE p.number = outbox.number))
       OR (purpose IN ('invite', 'reminder') AND EXISTS (SELECT 1 FROM response r WHERE r.id = outbox.response_id AND r.state <> 'offered')))
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
