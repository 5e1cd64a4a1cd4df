-- Blanks to whom a customer's messages were and what they said; those that wait are not sent.
UPDATE outbox
SET number = '', text = NULL,
    cause = CASE WHEN state IN ('queued', 'claimed') THEN 'its recipient was forgotten' ELSE cause END,
    state = CASE WHEN state IN ('queued', 'claimed') THEN 'skipped' ELSE state END
WHERE number = @P1 OR response_id IN (SELECT o.id FROM offer o WHERE o.customer = @P1)
