-- Changes a report by mail of an account.
UPDATE report_mail
SET survey = @P3, breakdown = @P4, rhythm = @P5, at_hour = @P6, recipients = @P7, attachment = @P8, changed_at = @P9
WHERE id = @P1 AND account_id = @P2
