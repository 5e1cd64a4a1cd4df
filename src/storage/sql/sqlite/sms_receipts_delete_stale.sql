-- Deletes what came before a time.
DELETE FROM sms_receipt
WHERE (route, gateway_id) IN (SELECT t.route, t.gateway_id FROM sms_receipt t WHERE t.at < @P3 ORDER BY t.at LIMIT @P4)
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
