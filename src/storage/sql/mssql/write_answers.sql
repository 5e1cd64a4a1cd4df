-- Stores the new answers of the changes that were made, and of no others.
INSERT INTO answer (response_id, question_no, question_key, kind, num, text, at)
SELECT r.id, w.question_no, w.question_key, w.kind, w.num,
       CASE WHEN w.kind IN (N'choice', N'text', N'recording') THEN w.text END, w.at
FROM (VALUES (rows)) AS w (id, write_id, expected, question_no, question_key, kind, num, text, at)
JOIN response r ON r.id = CAST(w.id AS BINARY(16)) AND r.write_id = w.write_id AND r.seq - 1 = w.expected
WHERE NOT EXISTS (SELECT 1 FROM answer s WHERE s.response_id = r.id AND s.question_no = w.question_no)
