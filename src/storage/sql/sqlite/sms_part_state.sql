-- What a receipt says of a part: never back from what is final, and delivered is the last word.
UPDATE sms_part SET state = @P3, at = @P4
WHERE route = @P1 AND gateway_id = @P2
  AND (state = 'accepted' OR (state = 'undelivered' AND @P3 = 'delivered')) AND state <> @P3
