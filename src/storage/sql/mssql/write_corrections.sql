-- When fewer were new than came: corrects those that were there. The difference of question numbers keeps a plan from when
-- the tables were empty from comparing all answers by that number: they are found by their response.
IF @@ROWCOUNT < (count)
UPDATE answer
SET question_key = w.question_key, kind = w.kind, num = w.num, text = w.text, at = w.at
FROM (rows) AS w
CROSS APPLY (SELECT TOP (1) r.seq FROM response r
             WHERE r.id = w.id AND r.write_id = w.write_id AND r.seq - 1 = w.expected) AS made
WHERE answer.response_id = w.id AND answer.question_no - w.question_no = 0
