-- A receipt of a part that nobody knows, again: never back, and delivered is the last word.
UPDATE sms_receipt SET state = @P3, detail = @P4, at = @P5
WHERE route = @P1 AND gateway_id = @P2
  AND (state = 'accepted' OR (state = 'undelivered' AND @P3 = 'delivered')) AND state <> @P3
