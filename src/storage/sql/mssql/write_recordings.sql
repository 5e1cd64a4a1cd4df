-- Stores what is known of the recordings of changes that were made; their audio follows.
INSERT INTO recording (id, response_id, question_no, survey_id, at, duration_ms, has_audio)
SELECT w.recording_id, r.id, w.question_no, r.survey_id, w.at, w.duration_ms, 1
FROM (VALUES (rows)) AS w (id, write_id, expected, question_no, recording_id, at, duration_ms)
JOIN response r ON r.id = CAST(w.id AS BINARY(16)) AND r.write_id = w.write_id AND r.seq - 1 = w.expected
