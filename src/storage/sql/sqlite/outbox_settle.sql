-- Writes down how a try ended, by the claim it was made with: also of one that waits again or is given up since. One that is
-- tried again is due at @P4. What a receipt said before stays. @P8 = 0: it was no try of the message.
UPDATE outbox
SET state = @P3, due_at = CASE WHEN @P3 = 'queued' THEN @P4 ELSE due_at END, cause = @P5,
    doubles = outbox.doubles + CASE WHEN state = 'queued' THEN 0 ELSE @P6 END,
    attempt = outbox.attempt - CASE WHEN @P8 = 0 AND state = 'submitting' THEN 1 ELSE 0 END, changed_at = @P7
WHERE id = @P1 AND claim_id = @P2 AND state IN ('claimed', 'submitting', 'unknown', 'queued')
