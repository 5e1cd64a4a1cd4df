-- Notes that the audio of a recording is deleted.
UPDATE recording SET has_audio = 0 WHERE id = @P1
