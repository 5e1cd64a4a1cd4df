-- When a customer was last offered a survey (an ask that was refused is no offer).
SELECT MAX(o.at)
FROM offer o
JOIN response r ON r.id = o.id
WHERE o.customer = @P1 AND o.at >= @P2
