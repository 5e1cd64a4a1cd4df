-- Notes a message from a phone, unless it came before. No bytes stand for no response, and then there is no question.
INSERT INTO sms_inbound (route, message_id, response_id, question, at)
SELECT @P1, @P2, NULLIF(@P3, @P6), CASE WHEN @P3 = @P6 THEN NULL ELSE @P4 END, @P5
WHERE NOT EXISTS (SELECT 1 FROM sms_inbound n WHERE n.route = @P1 AND n.message_id = @P2)
