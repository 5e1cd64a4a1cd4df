-- Takes a mail in hand again that waits since a try, under the lease and while its report is as it was.
UPDATE report_mail_sending
SET claim_id = @P6, state = @P7, attempt = @P8, claimed_at = @P10, next_at = @P11, cause = @P12
WHERE mail_id = @P3 AND first_day = @P4 AND last_day = @P5 AND due_at = @P9 AND claim_id = @P14 AND state = 'waiting'
  AND EXISTS (SELECT 1 FROM report_mail m WHERE m.id = @P3 AND m.changed_at = @P13)
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
