-- Deletes receipts nobody knows and messages from phones that came before a time; so many of each.
DELETE TOP (@P4) FROM sms_receipt
WHERE at < @P3 AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2);
SET @touched = @@ROWCOUNT;
DELETE TOP (@P4) FROM sms_inbound
WHERE at < @P3 AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2);
SET @touched = @touched + @@ROWCOUNT
