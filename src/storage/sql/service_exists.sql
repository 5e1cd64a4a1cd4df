-- Whether a service with this id is stored.
SELECT COUNT(*) FROM service WHERE id = @P1
