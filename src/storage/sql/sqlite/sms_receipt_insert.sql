-- Keeps a receipt of a part that nobody knows.
INSERT INTO sms_receipt (route, gateway_id, state, detail, at)
SELECT @P1, @P2, @P3, @P4, @P5
WHERE NOT EXISTS (SELECT 1 FROM sms_receipt r WHERE r.route = @P1 AND r.gateway_id = @P2)
