-- Deletes what is known of the parts of a customer's messages.
DELETE FROM sms_part
WHERE outbox_id IN (SELECT m.id FROM outbox m
                    WHERE m.number = @P1 OR m.response_id IN (SELECT o.id FROM offer o WHERE o.customer = @P1))
