-- The database's clock, in milliseconds since 1970.
SELECT DATEDIFF_BIG(MILLISECOND, '1970-01-01', SYSUTCDATETIME())
