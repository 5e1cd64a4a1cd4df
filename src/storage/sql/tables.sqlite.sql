-- How many tables the file has, and whether the history of migrations and the schema's floor are among them.
SELECT COUNT(*), COALESCE(SUM(name = 'refinery_schema_history'), 0), COALESCE(SUM(name = 'schema_floor'), 0)
FROM sqlite_schema WHERE type = 'table'
