-- Deletes the links to a customer's responses.
DELETE FROM response_link WHERE response_id IN (SELECT o.id FROM offer o WHERE o.customer = @P1)
