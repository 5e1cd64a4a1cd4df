-- Writes down how a try ended, by the claim it was made with: also of one that waits again or is given up since. One that is
-- tried again is due at @P4. What a receipt said before stays.
UPDATE outbox
SET state = @P3, due_at = CASE WHEN @P3 = 'queued' THEN @P4 ELSE due_at END, cause = @P5,
    doubles = outbox.doubles + CASE WHEN state = 'queued' THEN 0 ELSE @P6 END, changed_at = @P7
WHERE id = @P1 AND claim_id = @P2 AND state IN ('claimed', 'submitting', 'unknown', 'queued')
