-- What one node at a time may do: who has the right, and until when. All times are this database's clock.

CREATE TABLE lease (
    role        NVARCHAR(64)  COLLATE Latin1_General_BIN2 NOT NULL CONSTRAINT pk_lease PRIMARY KEY, -- what may be done by one node at a time; one row each, from the start
    holder_name NVARCHAR(400) COLLATE Latin1_General_BIN2 NULL,          -- the node that holds it, for people; NULL: nobody does
    holder_node BINARY(16)    NULL,                                      -- the node, whatever it is called
    holder_life BINARY(16)    NULL,                                      -- the life of the node: another one after each start
    epoch       BIGINT        NOT NULL CONSTRAINT ck_lease_epoch CHECK (epoch >= 0), -- rises with every change of holder; a write under the lease names it
    seq         BIGINT        NOT NULL CONSTRAINT ck_lease_seq CHECK (seq >= 0),     -- rises whenever the row changes
    expires_at  BIGINT        NOT NULL,                                  -- from this moment on anybody may take it, in milliseconds since 1970
    acquired_at BIGINT        NULL,                                      -- when its holder got it; NULL: nobody holds it
    renewed_at  BIGINT        NULL,                                      -- when its holder last got or prolonged it; NULL: nobody holds it
    CONSTRAINT ck_lease_holder CHECK ((holder_name IS NULL AND holder_node IS NULL AND holder_life IS NULL)
        OR (holder_name IS NOT NULL AND holder_node IS NOT NULL AND holder_life IS NOT NULL))
);

INSERT INTO lease (role, epoch, seq, expires_at) VALUES (N'janitor', 0, 0, 0);
