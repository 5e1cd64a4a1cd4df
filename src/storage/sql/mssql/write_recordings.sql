-- Stores what is known of the recordings of changes that were made; their audio follows.
IF (length) > 0
INSERT INTO recording (id, response_id, question_no, survey_id, at, duration_ms, has_audio)
SELECT w.recording_id, w.id, w.question_no, made.survey_id, w.at, w.duration_ms, 1
FROM (rows) AS w
CROSS APPLY (SELECT TOP (1) r.survey_id FROM response r
             WHERE r.id = w.id AND r.write_id = w.write_id AND r.seq - 1 = w.expected) AS made
