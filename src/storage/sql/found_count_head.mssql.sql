-- How many responses there are; counted no further than @P1.
SELECT COUNT_BIG(*) FROM (
    SELECT TOP (@P1) r.offered_at, r.id
