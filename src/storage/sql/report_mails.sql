-- Reports by mail, of an account or (@P1 = 1) all, each with the newest of its mails. Of two that were due at once it is the longer.
SELECT m.id, m.account_id, m.survey, m.breakdown, m.rhythm, m.at_hour, m.recipients, m.attachment, m.created_at, m.changed_at,
       s.first_day, s.last_day, s.claim_id, s.state, s.attempt, s.due_at, s.claimed_at, s.next_at, s.cause
FROM report_mail m
LEFT JOIN report_mail_sending s
  ON s.mail_id = m.id
 AND NOT EXISTS (SELECT 1 FROM report_mail_sending t
                 WHERE t.mail_id = m.id
                   AND (t.due_at > s.due_at OR (t.due_at = s.due_at AND t.first_day < s.first_day)))
WHERE @P1 = 1 OR m.account_id = @P2
ORDER BY m.created_at, m.id
