-- Blanks what a customer wrote.
UPDATE answer SET text = '' WHERE kind = 'text' AND response_id IN (SELECT o.id FROM offer o WHERE o.customer = @P1)
