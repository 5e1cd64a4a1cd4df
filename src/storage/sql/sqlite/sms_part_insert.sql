-- Notes the gateway's id of a part of a message, unless that is known.
INSERT INTO sms_part (route, gateway_id, outbox_id, part, state, at)
SELECT @P1, @P2, @P3, @P4, 'accepted', @P5
WHERE NOT EXISTS (SELECT 1 FROM sms_part p WHERE p.route = @P1 AND p.gateway_id = @P2)
