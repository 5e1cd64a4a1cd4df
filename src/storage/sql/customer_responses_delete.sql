-- Deletes a customer's responses, whose answers are gone; recordings go by their foreign key.
DELETE FROM response WHERE id IN (SELECT o.id FROM offer o WHERE o.customer = @P1)
