-- The newest open response of a dialogue of text messages with a number.
SELECT r.id
FROM invite i JOIN response r ON r.id = i.id
WHERE i.number = @P1 AND r.channel = 'sms' AND r.state IN ('offered', 'in_progress')
ORDER BY i.at DESC
LIMIT 1
