-- What an answer takes the place of goes, what came is stored: of the changes that were made, and of no others.
DELETE FROM recording
WHERE EXISTS (SELECT 1
              FROM @recording n
              JOIN @change w ON w.id = n.response_id
              JOIN response r ON r.id = w.id AND r.write_id = w.write_id AND r.seq - 1 = w.expected
              WHERE n.response_id = recording.response_id AND n.question_no = recording.question_no);

INSERT INTO recording (id, response_id, question_no, survey_id, at, duration_ms, has_audio)
SELECT n.id, r.id, n.question_no, r.survey_id, n.at, n.duration_ms, 1
FROM @recording n
JOIN @change w ON w.id = n.response_id
JOIN response r ON r.id = w.id AND r.write_id = w.write_id AND r.seq - 1 = w.expected
WHERE DATALENGTH(n.id) = 16;

INSERT INTO recording_audio (recording_id, audio)
SELECT n.id, n.audio
FROM @recording n
JOIN @change w ON w.id = n.response_id
JOIN response r ON r.id = w.id AND r.write_id = w.write_id AND r.seq - 1 = w.expected
WHERE DATALENGTH(n.id) = 16
