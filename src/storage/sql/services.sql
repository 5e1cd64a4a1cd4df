-- All services by name.
SELECT id, name, channel, dn FROM service ORDER BY name_key
