-- Notes a message from a phone.
INSERT INTO sms_inbound (route, message_id, response_id, question, at)
SELECT @P1, @P2, @P3, @P4, @P5
WHERE NOT EXISTS (SELECT 1 FROM sms_inbound n WHERE n.route = @P1 AND n.message_id = @P2)
