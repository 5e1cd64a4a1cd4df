-- Whether a message from a phone was noted as it came at a moment.
SELECT COUNT(*) FROM sms_inbound WHERE route = @P1 AND message_id = @P2 AND at = @P3
