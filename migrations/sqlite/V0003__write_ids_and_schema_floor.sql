-- What lets a write be repeated when nobody knows whether it was done, and an older program work beside a newer one.

ALTER TABLE response ADD COLUMN write_id BLOB CHECK (write_id IS NULL OR length(write_id) = 16); -- key of the write that last changed it; NULL: none that had a key

CREATE TABLE schema_floor (
    id     INTEGER NOT NULL PRIMARY KEY CHECK (id = 1), -- one row only
    lowest INTEGER NOT NULL -- the oldest schema whose program may still work with this database; raised by what breaks older programs
) STRICT;

INSERT INTO schema_floor (id, lowest) VALUES (1, 3);
