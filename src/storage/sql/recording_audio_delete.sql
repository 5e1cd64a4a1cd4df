-- Deletes the audio of a recording.
DELETE FROM recording_audio WHERE recording_id = @P1
