-- A recording; without audio once its retention is over.
SELECT c.response_id, c.at, c.duration_ms, a.audio
FROM recording c
LEFT JOIN recording_audio a ON a.recording_id = c.id
WHERE c.id = @P1
