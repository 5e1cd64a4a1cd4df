-- What a receipt says of a whole message that it names: never back from what is final, and delivered is the last word. One
-- that waits to be sent again although it may have been taken was taken.
UPDATE outbox SET state = @P2, cause = @P3, changed_at = @P4
WHERE id = @P1 AND state <> @P2
  AND (state IN ('unknown', 'submitting')
       OR (state = 'accepted' AND @P2 <> 'accepted')
       OR (state = 'undelivered' AND @P2 = 'delivered')
       OR (state IN ('queued', 'claimed') AND submitted_at IS NOT NULL AND @P2 = 'delivered')
       OR (state IN ('queued', 'claimed') AND doubles > 0 AND @P2 = 'accepted'))
