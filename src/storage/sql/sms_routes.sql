-- The routes.
SELECT name, node, kind, state, detail, changed_at, seen_at, taken, refused, unknown FROM sms_route ORDER BY name
