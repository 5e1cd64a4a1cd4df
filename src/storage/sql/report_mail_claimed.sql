-- Whether a try has a mail in hand, or had it last.
SELECT COUNT(*) FROM report_mail_sending WHERE claim_id = @P1
