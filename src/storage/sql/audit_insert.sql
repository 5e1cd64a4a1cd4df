-- Writes a line of the audit log. Empty texts stand for none, and so do no bytes (@P10) for the account.
INSERT INTO audit (id, at, account_id, who, action, subject, state_before, state_after, address)
VALUES (@P1, @P2, NULLIF(@P3, @P10), @P4, @P5, @P6, NULLIF(@P7, ''), NULLIF(@P8, ''), @P9)
