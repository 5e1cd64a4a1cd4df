-- When fewer were new than came: corrects those that were there.
UPDATE answer
SET question_key = w.question_key, kind = w.kind, num = w.num, at = w.at,
    text = CASE WHEN w.kind IN (N'choice', N'text', N'recording') THEN w.text END
FROM answer
JOIN (VALUES (rows)) AS w (id, write_id, expected, question_no, question_key, kind, num, text, at)
  ON answer.response_id = CAST(w.id AS BINARY(16)) AND w.question_no = answer.question_no
JOIN response r ON r.id = CAST(w.id AS BINARY(16)) AND r.write_id = w.write_id AND r.seq - 1 = w.expected
