-- Stores what is known of the invites whose asks are stored.
IF (length) > 0
INSERT INTO invite (id, at, reference, cause, caused_by, number, language, expires_at, remind_at)
SELECT w.id, w.at, w.reference, w.cause, w.caused_by, w.number, w.language, w.expires_at, w.remind_at
FROM (rows) AS w
CROSS APPLY (SELECT TOP (1) o.at FROM offer o WHERE o.id = w.id AND o.at = w.at) AS asked
OUTER APPLY (SELECT TOP (1) i.at FROM invite i WHERE i.id = w.id) AS stored
WHERE stored.at IS NULL
