-- Stores the answers of the changes that were made, and of no others: corrections, then new ones.
UPDATE answer
SET question_key = a.question_key, kind = a.kind, num = a.num, at = a.at,
    text = CASE WHEN a.kind IN (N'choice', N'text', N'recording') THEN a.text END
FROM answer
JOIN @answer a ON a.response_id = answer.response_id AND a.question_no = answer.question_no
JOIN @change w ON w.id = a.response_id
JOIN response r ON r.id = w.id AND r.write_id = w.write_id AND r.seq - 1 = w.expected;

INSERT INTO answer (response_id, question_no, question_key, kind, num, text, at)
SELECT r.id, a.question_no, a.question_key, a.kind, a.num,
       CASE WHEN a.kind IN (N'choice', N'text', N'recording') THEN a.text END, a.at
FROM @answer a
JOIN @change w ON w.id = a.response_id
JOIN response r ON r.id = w.id AND r.write_id = w.write_id AND r.seq - 1 = w.expected
WHERE NOT EXISTS (SELECT 1 FROM answer s WHERE s.response_id = r.id AND s.question_no = a.question_no)
