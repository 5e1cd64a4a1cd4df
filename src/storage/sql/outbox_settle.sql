-- Writes down how a try ended, by the claim it was made with. A message that is tried again is due at @P4.
UPDATE outbox
SET state = @P3, due_at = CASE WHEN @P3 = 'queued' THEN @P4 ELSE due_at END,
    cause = @P5, doubles = outbox.doubles + @P6, changed_at = @P7
WHERE id = @P1 AND claim_id = @P2 AND state IN ('claimed', 'submitting', 'unknown')
