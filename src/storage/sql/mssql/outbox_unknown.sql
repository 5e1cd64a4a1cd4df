-- How many of them nobody knows of.
SELECT @unknown
