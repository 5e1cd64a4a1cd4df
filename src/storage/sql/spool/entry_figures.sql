-- How many entries there are, their bytes, and when the oldest came; how many are stranded.
SELECT COUNT(*), COALESCE(SUM(length(body)), 0), MIN(at), (SELECT COUNT(*) FROM stranded) FROM entry
