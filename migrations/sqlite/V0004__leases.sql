-- What one node at a time may do: who has the right, and until when. All times are this database's clock.

CREATE TABLE lease (
    role        TEXT NOT NULL PRIMARY KEY,  -- what may be done by one node at a time; one row each, from the start
    holder_name TEXT,                       -- the node that holds it, for people; NULL: nobody does
    holder_node BLOB CHECK (length(holder_node) = 16), -- the node, whatever it is called
    holder_life BLOB CHECK (length(holder_life) = 16), -- the life of the node: another one after each start
    epoch       INTEGER NOT NULL CHECK (epoch >= 0),   -- rises with every change of holder; a write under the lease names it
    seq         INTEGER NOT NULL CHECK (seq >= 0),     -- rises whenever the row changes
    expires_at  INTEGER NOT NULL,           -- from this moment on anybody may take it, in milliseconds since 1970
    acquired_at INTEGER,                    -- when its holder got it; NULL: nobody holds it
    renewed_at  INTEGER,                    -- when its holder last got or prolonged it; NULL: nobody holds it
    CHECK ((holder_name IS NULL AND holder_node IS NULL AND holder_life IS NULL)
        OR (holder_name IS NOT NULL AND holder_node IS NOT NULL AND holder_life IS NOT NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO lease (role, epoch, seq, expires_at) VALUES ('janitor', 0, 0, 0);
