-- One form of a prompt's audio.
SELECT audio FROM kept_audio WHERE prompt_id = @P1 AND form = @P2
