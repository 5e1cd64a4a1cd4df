-- Deletes what came before a time.
DELETE FROM sms_receipt
WHERE at < @P3
  AND at <= (SELECT MAX(x.at) FROM (SELECT TOP (@P4) t.at FROM sms_receipt t WHERE t.at < @P3 ORDER BY t.at) x)
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
