-- Forgets what was said of a gateway's id, as it is known whose it is.
DELETE FROM sms_receipt WHERE route = @P1 AND gateway_id = @P2
