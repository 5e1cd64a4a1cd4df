-- The message of a gateway's id.
SELECT p.outbox_id FROM sms_part p WHERE p.route = @P1 AND p.gateway_id = @P2
