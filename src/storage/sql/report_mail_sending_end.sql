-- Tells how the try ended that has a mail in hand, also when it was given up meanwhile.
UPDATE report_mail_sending SET state = @P2, next_at = @P3, cause = @P4
WHERE claim_id = @P1 AND state IN ('sending', 'unknown')
