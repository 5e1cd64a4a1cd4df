-- Deletes what is known of a customer's invites beside their asks.
DELETE FROM invite WHERE id IN (SELECT o.id FROM offer o WHERE o.customer = @P1)
