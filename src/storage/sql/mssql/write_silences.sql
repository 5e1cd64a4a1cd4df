-- Recordings that an answer of a change that was made takes the place of go; they too are found by their response.
IF (length) > 0
DELETE FROM recording
FROM (rows) AS w
CROSS APPLY (SELECT TOP (1) r.seq FROM response r
             WHERE r.id = w.id AND r.write_id = w.write_id AND r.seq - 1 = w.expected) AS made
WHERE recording.response_id = w.id AND recording.question_no - w.question_no = 0
