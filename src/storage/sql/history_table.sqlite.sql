-- The migrations applied; the table, its name and its columns are refinery's.
CREATE TABLE IF NOT EXISTS refinery_schema_history (
    version    INTEGER PRIMARY KEY, -- number of the migration
    name       VARCHAR(255),        -- its name
    applied_on VARCHAR(255),        -- when (RFC 3339)
    checksum   VARCHAR(255)         -- of its text
)
