-- What a receipt says of a whole message that it names: never back from what is final, and delivered is the last word.
UPDATE outbox SET state = @P2, cause = @P3, changed_at = @P4
WHERE id = @P1 AND state <> @P2
  AND (state IN ('accepted', 'unknown', 'submitting') OR (state IN ('undelivered', 'queued') AND @P2 = 'delivered'))
  AND (@P2 <> 'accepted' OR state IN ('unknown', 'submitting'))
