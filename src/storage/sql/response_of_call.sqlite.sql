-- The newest response offered to a call of a service on a channel.
SELECT r.id
FROM offer o
JOIN response r ON r.id = o.id
WHERE o.call_id = @P2 AND o.service_id = @P1 AND o.at >= @P3 AND r.channel = @P4
ORDER BY o.at DESC, o.id DESC
LIMIT 1
