-- Records that a migration was applied.
INSERT INTO refinery_schema_history (version, name, applied_on, checksum) VALUES (@P1, @P2, @P3, @P4)
