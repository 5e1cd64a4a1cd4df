-- What receipts said of parts of a message before they were known.
UPDATE sms_part
SET state = (SELECT r.state FROM sms_receipt r WHERE r.route = sms_part.route AND r.gateway_id = sms_part.gateway_id)
WHERE outbox_id = @P1
  AND EXISTS (SELECT 1 FROM sms_receipt r WHERE r.route = sms_part.route AND r.gateway_id = sms_part.gateway_id)
