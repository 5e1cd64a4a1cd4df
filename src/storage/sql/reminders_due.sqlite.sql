-- Invites whose reminder is due, and whether it is wanted: who began or wants no messages gets none.
SELECT i.id, i.number, i.language, i.expires_at, CASE WHEN r.state = 'offered' AND NOT EXISTS (SELECT 1 FROM opt_out p WHERE p.number = i.number) THEN 1 ELSE 0 END
FROM invite i JOIN response r ON r.id = i.id
WHERE i.remind_at <= @P1 AND i.number IS NOT NULL AND i.expires_at IS NOT NULL
ORDER BY i.remind_at
LIMIT @P2
