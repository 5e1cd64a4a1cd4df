-- Ends open responses that nobody touched since a moment, oldest first. Passed-over questions are no answers. A link or an
-- invite whose time is not over keeps its response open.
UPDATE response
SET state = CASE WHEN EXISTS (SELECT 1 FROM answer a WHERE a.response_id = response.id AND a.kind <> 'skipped')
                 THEN 'partial' ELSE 'expired' END,
    seq = seq + 1,
    ended_at = COALESCE(ended_at, @P4),
    updated_at = @P4
WHERE id IN (SELECT id FROM response
             WHERE state IN ('offered', 'in_progress') AND offered_at < @P3 AND updated_at < @P3
               AND NOT EXISTS (SELECT 1 FROM response_link k WHERE k.response_id = response.id AND k.expires_at > @P4)
               AND NOT EXISTS (SELECT 1 FROM invite v WHERE v.id = response.id AND v.expires_at > @P4)
               AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
             ORDER BY offered_at LIMIT @P5)
