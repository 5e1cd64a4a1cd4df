-- What senders before this one left behind: claimed messages wait again, begun ones are sent once more from @P5 on where their
-- route is in the list @P4, which is counted, unless that was done before, and again where it is in the list @P6; of the others
-- nobody knows. The claimed ones first: one that is begun meanwhile is found among the begun ones.
DECLARE @unknown BIGINT = 0;
UPDATE outbox SET state = N'queued', changed_at = @P3
WHERE state = N'claimed' AND epoch <= @P2
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2);
SET @touched = @@ROWCOUNT;
UPDATE outbox
SET state = N'queued', doubles = outbox.doubles + 1, due_at = @P5, cause = N'its sender ended while it was handed over', changed_at = @P3
WHERE state = N'submitting' AND epoch <= @P2 AND doubles = 0 AND CHARINDEX(N',' + route + N',', @P4) > 0
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2);
SET @touched = @touched + @@ROWCOUNT;
UPDATE outbox
SET state = N'queued', due_at = @P5, cause = N'its sender ended while it was handed over', changed_at = @P3
WHERE state = N'submitting' AND epoch <= @P2 AND CHARINDEX(N',' + route + N',', @P6) > 0
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2);
SET @touched = @touched + @@ROWCOUNT;
UPDATE outbox
SET state = N'unknown', cause = N'its sender ended while it was handed over', changed_at = @P3
WHERE state = N'submitting' AND epoch <= @P2
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2);
SET @unknown = @@ROWCOUNT;
SET @touched = @touched + @unknown
