-- The migrations applied; the table, its name and its columns are refinery's.
IF NOT EXISTS (SELECT 1 FROM sys.tables WHERE name = N'refinery_schema_history')
CREATE TABLE refinery_schema_history (
    version    INT NOT NULL CONSTRAINT pk_refinery_schema_history PRIMARY KEY, -- number of the migration
    name       NVARCHAR(255) NULL, -- its name
    applied_on NVARCHAR(255) NULL, -- when (RFC 3339)
    checksum   NVARCHAR(255) NULL  -- of its text
)
