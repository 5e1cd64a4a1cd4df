-- Recordings that an answer of a change that was made takes the place of go.
DELETE FROM recording
WHERE EXISTS (SELECT 1
              FROM (VALUES (rows)) AS w (id, write_id, expected, question_no)
              JOIN response r ON r.id = CAST(w.id AS BINARY(16)) AND r.write_id = w.write_id AND r.seq - 1 = w.expected
              WHERE recording.response_id = r.id AND w.question_no = recording.question_no)
