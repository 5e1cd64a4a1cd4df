-- Stores an answer, or corrects the one there is.
INSERT INTO answer (response_id, question_no, question_key, kind, num, text, at)
VALUES (@P1, @P2, @P3, @P4, @P5, @P6, @P7)
ON CONFLICT (response_id, question_no) DO UPDATE
SET question_key = excluded.question_key, kind = excluded.kind, num = excluded.num, text = excluded.text, at = excluded.at
