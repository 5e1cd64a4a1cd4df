-- Blanks who was invited, and by what a repetition would be known: that may name the call.
UPDATE invite SET number = NULL, remind_at = NULL, reference = CONCAT('forgotten:', hex(id))
WHERE id IN (SELECT o.id FROM offer o WHERE o.customer = @P1)
