-- Takes the code of a time step: the same or an older one is not accepted again.
UPDATE account SET totp_step = @P2 WHERE id = @P1 AND totp_step < @P2
