-- Changes of responses, each with its key.
DECLARE @change TABLE (
    id VARBINARY(16) NOT NULL, write_id VARBINARY(16) NOT NULL, expected BIGINT NOT NULL, state NVARCHAR(16) NOT NULL,
    at BIGINT NOT NULL);
INSERT INTO @change (id, write_id, expected, state, at)
VALUES
