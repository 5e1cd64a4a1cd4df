-- Deletes a customer's answers.
DELETE FROM answer WHERE response_id IN (SELECT o.id FROM offer o WHERE o.customer = @P1)
