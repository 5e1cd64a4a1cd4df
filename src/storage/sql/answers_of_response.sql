-- The answers of a response in the order of its questions.
SELECT question_no, question_key, kind, num, text, at
FROM answer
WHERE response_id = @P1
ORDER BY question_no
