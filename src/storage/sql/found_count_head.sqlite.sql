-- How many responses there are; counted no further than @P1.
SELECT COUNT(*) FROM (
    SELECT r.offered_at, r.id
