-- Moves responses on, each if nobody else did since it was read with its sequence number; a start or an end that was
-- recorded stays. A change that is there already is made once more, which changes nothing and holds its row against
-- others until the end. Returns those that are made.
IF (length) > 0
UPDATE response
SET state = w.state, seq = CASE WHEN response.seq = w.expected THEN response.seq + 1 ELSE response.seq END,
    updated_at = w.at, write_id = w.write_id,
    started_at = COALESCE(response.started_at, w.started_at), ended_at = COALESCE(response.ended_at, w.ended_at)
OUTPUT INSERTED.id
FROM (rows) AS w
WHERE response.id = w.id
  AND (response.seq = w.expected OR (response.seq - 1 = w.expected AND response.write_id = w.write_id))
