-- Takes a receipt (@P6: what it says): finds its message by the first of the gateway's ids that is known, else by our key (@P9),
-- and moves it on, never back. One that nobody knows is kept. Returns how much it changed.
--
-- What one statement changes is there for everybody before the next looks: of two receipts of two parts at once, or of a receipt
-- and the settlement of its message, the later one sees both.
DECLARE @moved INT = 0, @gateway_id NVARCHAR(100) = N'', @message BINARY(16) = NULL;
SELECT TOP (1) @gateway_id = p.gateway_id, @message = p.outbox_id
FROM (rows) AS w JOIN sms_part p ON p.route = @P5 AND p.gateway_id = w.gateway_id
ORDER BY w.place;
IF @message IS NULL AND @P9 <> @P10
BEGIN
    UPDATE outbox SET state = @P6, cause = CASE WHEN @P6 = N'undelivered' THEN @P7 ELSE N'' END, changed_at = @P8
    WHERE id = @P9 AND state <> @P6
      AND (state IN (N'unknown', N'submitting')
           OR (state = N'accepted' AND @P6 <> N'accepted')
           OR (state = N'undelivered' AND @P6 = N'delivered')
           OR (state IN (N'queued', N'claimed') AND submitted_at IS NOT NULL AND @P6 = N'delivered')
           OR (state IN (N'queued', N'claimed') AND doubles > 0 AND @P6 = N'accepted'));
    SET @moved = @@ROWCOUNT;
END
ELSE IF @message IS NULL
BEGIN
    UPDATE sms_receipt SET state = @P6, detail = @P7, at = @P8
    WHERE route = @P5 AND gateway_id IN (SELECT w.gateway_id FROM (rows) AS w)
      AND (state = N'accepted' OR (state = N'undelivered' AND @P6 = N'delivered')) AND state <> @P6;
    SET @moved = @@ROWCOUNT;
    INSERT INTO sms_receipt (route, gateway_id, state, detail, at)
    SELECT @P5, w.gateway_id, @P6, @P7, @P8
    FROM (rows) AS w
    OUTER APPLY (SELECT TOP (1) r.at FROM sms_receipt r WHERE r.route = @P5 AND r.gateway_id = w.gateway_id) AS stored
    WHERE stored.at IS NULL;
    SET @moved = @moved + @@ROWCOUNT;
    -- Its message may have been settled at the same moment, which saw nothing of this yet.
    SELECT TOP (1) @gateway_id = p.gateway_id, @message = p.outbox_id
    FROM (rows) AS w JOIN sms_part p ON p.route = @P5 AND p.gateway_id = w.gateway_id
    ORDER BY w.place;
    IF @message IS NOT NULL
        DELETE FROM sms_receipt WHERE route = @P5 AND gateway_id IN (SELECT w.gateway_id FROM (rows) AS w);
END;
IF @message IS NOT NULL
BEGIN
    UPDATE sms_part SET state = @P6, at = @P8
    WHERE route = @P5 AND gateway_id = @gateway_id
      AND (state = N'accepted' OR (state = N'undelivered' AND @P6 = N'delivered')) AND state <> @P6;
    SET @moved = @moved + @@ROWCOUNT;
    UPDATE outbox SET state = N'delivered', cause = N'', changed_at = @P8
    WHERE id = @message AND state IN (N'accepted', N'undelivered', N'unknown', N'submitting', N'queued', N'claimed')
      AND NOT EXISTS (SELECT 1 FROM sms_part p WHERE p.outbox_id = @message AND p.state <> N'delivered');
    SET @moved = @moved + @@ROWCOUNT;
    UPDATE outbox SET state = N'undelivered', cause = @P7, changed_at = @P8
    WHERE id = @message AND state = N'accepted'
      AND EXISTS (SELECT 1 FROM sms_part p WHERE p.outbox_id = @message AND p.state = N'undelivered');
    SET @moved = @moved + @@ROWCOUNT;
END;
SELECT @moved
