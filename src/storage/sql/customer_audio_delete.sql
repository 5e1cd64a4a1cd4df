-- Deletes what a customer said.
DELETE FROM recording_audio
WHERE recording_id IN (SELECT c.id FROM recording c JOIN offer o ON o.id = c.response_id WHERE o.customer = @P1)
