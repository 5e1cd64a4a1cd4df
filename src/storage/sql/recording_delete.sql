-- Deletes the recording of a question, with its audio.
DELETE FROM recording WHERE response_id = @P1 AND question_no = @P2
