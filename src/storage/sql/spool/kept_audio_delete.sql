-- Drops the audio of a prompt that is no longer in use.
DELETE FROM kept_audio WHERE prompt_id = @P1
