-- Notes that the audio of a customer's recordings is deleted.
UPDATE recording SET has_audio = 0 WHERE response_id IN (SELECT o.id FROM offer o WHERE o.customer = @P1)
