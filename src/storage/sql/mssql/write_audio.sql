-- Stores the audio of the recordings of changes that were made.
IF (length) > 0
INSERT INTO recording_audio (recording_id, audio)
SELECT w.recording_id, w.audio
FROM (rows) AS w
CROSS APPLY (SELECT TOP (1) r.seq FROM response r
             WHERE r.id = w.id AND r.write_id = w.write_id AND r.seq - 1 = w.expected) AS made
