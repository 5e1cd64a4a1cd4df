-- Writes the line of the audit log that tells what there is of a customer (@P9), before it is erased.
INSERT INTO audit (id, at, account_id, who, action, subject, state_after, address)
SELECT @P1, @P2, NULLIF(@P3, @P8), @P4, @P5, @P6,
       CONCAT('{"asks":', (SELECT COUNT(*) FROM offer o WHERE o.customer = @P9),
              ',"responses":', (SELECT COUNT(*) FROM offer o JOIN response r ON r.id = o.id WHERE o.customer = @P9),
              ',"answers":', (SELECT COUNT(*) FROM offer o JOIN answer a ON a.response_id = o.id WHERE o.customer = @P9),
              ',"recordings":', (SELECT COUNT(*) FROM offer o JOIN recording c ON c.response_id = o.id
                                 WHERE o.customer = @P9 AND c.has_audio = 1), '}'),
       @P7
