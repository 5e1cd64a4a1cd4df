-- What was counted ahead of the times of the responses that are to end holds no longer.
UPDATE rollup_period SET seq = rollup_period.seq + 1
WHERE EXISTS (SELECT 1 FROM response i
              WHERE i.state IN (N'offered', N'in_progress') AND i.offered_at < @P3 AND i.updated_at < @P3
                AND NOT EXISTS (SELECT 1 FROM response_link k WHERE k.response_id = i.id AND k.expires_at > @P4)
                AND NOT EXISTS (SELECT 1 FROM invite v WHERE v.id = i.id AND v.expires_at > @P4)
                AND i.offered_at >= rollup_period.starts_at AND i.offered_at < rollup_period.ends_at)
