-- Deletes what is known of the parts of a response's messages.
DELETE FROM sms_part WHERE outbox_id IN (SELECT m.id FROM outbox m WHERE m.response_id = @P1)
