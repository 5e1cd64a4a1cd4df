-- What lets a write be repeated when nobody knows whether it was done, and an older program work beside a newer one.

ALTER TABLE response ADD write_id BINARY(16) NULL; -- key of the write that last changed it; NULL: none that had a key

CREATE TABLE schema_floor (
    id     INT NOT NULL CONSTRAINT pk_schema_floor PRIMARY KEY CONSTRAINT ck_schema_floor_id CHECK (id = 1), -- one row only
    lowest INT NOT NULL -- the oldest schema whose program may still work with this database; raised by what breaks older programs
);

INSERT INTO schema_floor (id, lowest) VALUES (1, 3);
