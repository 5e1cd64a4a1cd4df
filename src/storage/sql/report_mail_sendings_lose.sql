-- Gives up the mails that somebody took in hand too long ago.
UPDATE report_mail_sending SET state = 'unknown'
WHERE state = 'sending' AND claimed_at < @P3
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
