-- Deletes what came before a time.
DELETE FROM sms_inbound
WHERE (route, message_id) IN (SELECT t.route, t.message_id FROM sms_inbound t WHERE t.at < @P3 ORDER BY t.at LIMIT @P4)
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
