-- Notes the gateway's id of a part of a message.
INSERT INTO sms_part (route, gateway_id, outbox_id, part, state, at)
SELECT m.route, @P2, m.id, @P3, 'accepted', @P4
FROM outbox m WHERE m.id = @P1 AND m.route IS NOT NULL
