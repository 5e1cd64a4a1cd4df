-- Takes a gateway's id from the message that had it before.
DELETE FROM sms_part
WHERE gateway_id = @P2 AND route = (SELECT m.route FROM outbox m WHERE m.id = @P1)
