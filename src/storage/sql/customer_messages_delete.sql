-- Deletes the messages to a customer, and those about its responses.
DELETE FROM outbox
WHERE number = @P1 OR response_id IN (SELECT o.id FROM offer o WHERE o.customer = @P1)
