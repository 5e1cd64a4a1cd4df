-- Writes down how a try ended, by the claim it was made with: also of one that waits again or is given up since. What a receipt
-- said before stays; @P13 = 0: it was no try of the message. Returns 1, or 0 where another claim has the message: then it is counted if it was taken.
--
-- All of it may be repeated. The parts are there for everybody before it is looked what was said of them: whoever keeps a
-- receipt looks for its part after that, so that one of the two finds the other.
DECLARE @mine INT = 0, @written INT = 0, @route NVARCHAR(40) = N'', @since BIGINT = 0, @cause NVARCHAR(1000) = N'';
BEGIN TRANSACTION;
UPDATE outbox
SET state = @P7, due_at = CASE WHEN @P7 = N'queued' THEN @P8 ELSE outbox.due_at END, cause = @P9,
    doubles = outbox.doubles + CASE WHEN outbox.state = N'queued' THEN 0 ELSE @P10 END,
    attempt = outbox.attempt - CASE WHEN @P13 = 0 AND outbox.state = N'submitting' THEN 1 ELSE 0 END, changed_at = @P11
WHERE id = @P5 AND claim_id = @P6 AND state IN (N'claimed', N'submitting', N'unknown', N'queued');
SET @written = @@ROWCOUNT;
SELECT @mine = 1, @route = COALESCE(m.route, N''), @since = COALESCE(m.submitted_at, 0) FROM outbox m WHERE m.id = @P5 AND m.claim_id = @P6;
IF @mine = 0
    UPDATE outbox SET doubles = outbox.doubles + 1 WHERE id = @P5 AND @P7 = N'accepted';
IF @written > 0 AND @P7 = N'accepted'
    DELETE FROM sms_part WHERE outbox_id = @P5;
IF @mine = 1 AND (length) > 0
BEGIN
    DELETE FROM sms_part WHERE route = @route AND outbox_id <> @P5 AND gateway_id IN (SELECT w.gateway_id FROM (rows) AS w);
    INSERT INTO sms_part (route, gateway_id, outbox_id, part, state, at)
    SELECT @route, w.gateway_id, @P5, w.part, N'accepted', @P11
    FROM (rows) AS w
    OUTER APPLY (SELECT TOP (1) p.part FROM sms_part p WHERE p.route = @route AND p.gateway_id = w.gateway_id) AS stored
    WHERE stored.part IS NULL;
END;
COMMIT TRANSACTION;
IF @mine = 1 AND (length) > 0
BEGIN
    SELECT TOP (1) @cause = c.detail
    FROM (rows) AS w
    CROSS APPLY (SELECT TOP (1) r.detail FROM sms_receipt r
                 WHERE r.route = @route AND r.gateway_id = w.gateway_id AND r.state = N'undelivered' AND r.at >= @since - @P12) AS c
    ORDER BY w.part;
    UPDATE sms_part SET state = c.state, at = @P11
    FROM sms_receipt c
    WHERE sms_part.outbox_id = @P5 AND c.route = sms_part.route AND c.gateway_id = sms_part.gateway_id AND c.at >= @since - @P12
      AND (sms_part.state = N'accepted' OR (sms_part.state = N'undelivered' AND c.state = N'delivered')) AND sms_part.state <> c.state;
    UPDATE outbox SET state = N'delivered', cause = N'', changed_at = @P11
    WHERE id = @P5 AND state IN (N'accepted', N'undelivered', N'unknown', N'submitting', N'queued', N'claimed')
      AND EXISTS (SELECT 1 FROM sms_part p WHERE p.outbox_id = @P5)
      AND NOT EXISTS (SELECT 1 FROM sms_part p WHERE p.outbox_id = @P5 AND p.state <> N'delivered');
    UPDATE outbox SET state = N'undelivered', cause = @cause, changed_at = @P11
    WHERE id = @P5 AND state = N'accepted' AND EXISTS (SELECT 1 FROM sms_part p WHERE p.outbox_id = @P5 AND p.state = N'undelivered');
    DELETE FROM sms_receipt WHERE route = @route AND at >= @since - @P12 AND gateway_id IN (SELECT w.gateway_id FROM (rows) AS w);
END;
SELECT @mine
