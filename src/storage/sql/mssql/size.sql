-- Bytes of the database's files, data and log; pages have 8 KiB.
SELECT CAST(COALESCE(SUM(CAST(size AS BIGINT)), 0) * 8192 AS BIGINT) FROM sys.database_files
