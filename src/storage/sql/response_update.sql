-- Moves a response on, if nobody else did since it was read with this sequence number.
-- A start or an end that was recorded stays.
UPDATE response
SET state = @P3,
    seq = @P2 + 1,
    updated_at = @P4,
    started_at = CASE WHEN started_at IS NULL AND @P3 IN ('in_progress', 'complete', 'partial') THEN @P4 ELSE started_at END,
    ended_at = CASE WHEN ended_at IS NULL AND @P3 IN ('complete', 'partial', 'declined', 'expired') THEN @P4 ELSE ended_at END,
    write_id = @P5
WHERE id = @P1 AND seq = @P2
