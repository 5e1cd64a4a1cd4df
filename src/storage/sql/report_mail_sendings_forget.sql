-- Forgets what became of the mails of a report that were due long ago.
DELETE FROM report_mail_sending WHERE mail_id = @P1 AND due_at < @P2
