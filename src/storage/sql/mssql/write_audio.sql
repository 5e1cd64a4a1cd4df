-- Stores the audio of the recordings of changes that were made.
INSERT INTO recording_audio (recording_id, audio)
SELECT w.recording_id, w.audio
FROM (VALUES (rows)) AS w (id, write_id, expected, recording_id, audio)
JOIN response r ON r.id = CAST(w.id AS BINARY(16)) AND r.write_id = w.write_id AND r.seq - 1 = w.expected
