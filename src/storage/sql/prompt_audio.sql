-- One form of a prompt's audio, whether the prompt is in use or was replaced.
SELECT audio FROM prompt_audio WHERE prompt_id = @P1 AND form = @P2
