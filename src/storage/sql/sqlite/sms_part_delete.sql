-- Takes a gateway's id from the message that had it before.
DELETE FROM sms_part WHERE route = @P1 AND gateway_id = @P2 AND outbox_id <> @P3
