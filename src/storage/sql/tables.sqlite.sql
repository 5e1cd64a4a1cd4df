-- How many tables the file has, and whether the history of migrations is among them.
SELECT COUNT(*), COALESCE(SUM(name = 'refinery_schema_history'), 0) FROM sqlite_schema WHERE type = 'table'
