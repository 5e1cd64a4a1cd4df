-- The newest open response of a dialogue of text messages with a number.
SELECT TOP (1) r.id
FROM invite i JOIN response r ON r.id = i.id
WHERE i.number = @P1 AND r.channel = N'sms' AND r.state IN (N'offered', N'in_progress')
ORDER BY i.at DESC
