-- Forgets the parts of an earlier try of a message.
DELETE FROM sms_part WHERE outbox_id = @P1
