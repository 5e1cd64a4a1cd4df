-- Puts messages back that a claim (@P5) has in hand and has not begun; how many.
UPDATE outbox SET state = N'queued', due_at = w.due_at, cause = w.cause, changed_at = @P6
FROM (rows) AS w
WHERE outbox.id = w.id AND outbox.claim_id = @P5 AND outbox.state = N'claimed'
