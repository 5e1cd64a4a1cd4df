-- Deletes a report by mail.
DELETE FROM report_mail WHERE id = @P1
