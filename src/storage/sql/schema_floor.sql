-- The oldest schema whose program may still work with this database.
SELECT lowest FROM schema_floor WHERE id = 1
