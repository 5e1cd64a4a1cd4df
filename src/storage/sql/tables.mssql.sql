-- How many tables the database has, and whether the history of migrations and the schema's floor are among them.
SELECT COUNT(*),
       COALESCE(SUM(CASE WHEN name = N'refinery_schema_history' THEN 1 ELSE 0 END), 0),
       COALESCE(SUM(CASE WHEN name = N'schema_floor' THEN 1 ELSE 0 END), 0)
FROM sys.tables
