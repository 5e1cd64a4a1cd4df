-- A message from a phone that came before.
SELECT n.route, n.message_id, n.response_id, n.question, n.at FROM sms_inbound n WHERE n.route = @P1 AND n.message_id = @P2
