-- What was said of a gateway's id from a time on, before it was known whose it is.
SELECT r.state, r.detail FROM sms_receipt r WHERE r.route = @P1 AND r.gateway_id = @P2 AND r.at >= @P3
