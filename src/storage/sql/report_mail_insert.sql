-- Adds a report by mail.
INSERT INTO report_mail (id, account_id, survey, breakdown, rhythm, at_hour, recipients, attachment, created_at, changed_at)
VALUES (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9, @P10)
