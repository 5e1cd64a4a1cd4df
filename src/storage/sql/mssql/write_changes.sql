-- Moves responses on, each if nobody else did since it was read with its sequence number; a start or an end that was
-- recorded stays. A change that is there already is made once more, which changes nothing and holds its row against
-- others until the end. Returns those that are made.
UPDATE response
SET state = w.state,
    seq = CASE WHEN response.seq = w.expected THEN response.seq + 1 ELSE response.seq END,
    updated_at = w.at,
    started_at = CASE WHEN response.started_at IS NULL AND w.state IN (N'in_progress', N'complete', N'partial') THEN w.at ELSE response.started_at END,
    ended_at = CASE WHEN response.ended_at IS NULL AND w.state IN (N'complete', N'partial', N'declined', N'expired') THEN w.at ELSE response.ended_at END,
    write_id = w.write_id
OUTPUT INSERTED.id
FROM (VALUES (rows)) AS w (id, write_id, expected, state, at)
WHERE response.id = CAST(w.id AS BINARY(16))
  AND (response.seq = w.expected OR (response.seq - 1 = w.expected AND response.write_id = w.write_id))
