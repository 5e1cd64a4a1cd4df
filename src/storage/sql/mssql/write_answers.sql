-- Stores the new answers of the changes that were made, and of no others. `TOP (1)` in what is applied: each is looked up by
-- its key, also by a plan from when the tables were empty.
INSERT INTO answer (response_id, question_no, question_key, kind, num, text, at)
SELECT w.id, w.question_no, w.question_key, w.kind, w.num, w.text, w.at
FROM (rows) AS w
CROSS APPLY (SELECT TOP (1) r.seq FROM response r
             WHERE r.id = w.id AND r.write_id = w.write_id AND r.seq - 1 = w.expected) AS made
OUTER APPLY (SELECT TOP (1) s.question_no FROM answer s
             WHERE s.response_id = w.id AND s.question_no = w.question_no) AS stored
WHERE stored.question_no IS NULL
