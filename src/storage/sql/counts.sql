-- How much is stored.
SELECT (SELECT COUNT(*) FROM response), (SELECT COUNT(*) FROM answer)
