-- Forgets what became of the mails of a report.
DELETE FROM report_mail_sending WHERE mail_id = @P1
