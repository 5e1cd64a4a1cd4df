-- Takes a mail in hand for the first time, under the lease and while its report is as it was.
INSERT INTO report_mail_sending (mail_id, first_day, last_day, claim_id, state, attempt, due_at, claimed_at, next_at, cause)
SELECT m.id, @P4, @P5, @P6, @P7, @P8, @P9, @P10, @P11, @P12
FROM report_mail m
WHERE m.id = @P3 AND m.changed_at = @P13
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
  AND NOT EXISTS (SELECT 1 FROM report_mail_sending s WHERE s.mail_id = @P3 AND s.first_day = @P4 AND s.last_day = @P5)
