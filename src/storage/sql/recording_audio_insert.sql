-- Stores the audio of a recording.
INSERT INTO recording_audio (recording_id, audio) VALUES (@P1, @P2)
