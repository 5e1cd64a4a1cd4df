-- What each node says of itself every few seconds. A node that is gone is told by how long ago it was seen.

CREATE TABLE node (
    id                 BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16), -- the node, whatever it is called: the id in its data folder
    life               BLOB    NOT NULL CHECK (length(life) = 16), -- its present life: another one after each start
    name               TEXT    NOT NULL,  -- what it is called, for people; two nodes may have one name
    version            TEXT    NOT NULL,  -- the program's version
    addresses          TEXT    NOT NULL,  -- the addresses of its network interfaces, separated by blanks; without loopback and link-local ones
    listen             TEXT    NOT NULL,  -- the address and port it serves calls at
    started_at         INTEGER NOT NULL,  -- when this life began, by this database's clock, in milliseconds since 1970
    seen_at            INTEGER NOT NULL,  -- when it last wrote this row, by this database's clock
    clock_offset_ms    INTEGER,           -- how far its clock is ahead of this database's, in milliseconds; NULL: not measured
    cpu_percent        INTEGER,           -- how busy its machine's processors are; this and all below NULL where it is not known
    memory_bytes       INTEGER,           -- memory of its machine that is in use
    memory_total_bytes INTEGER,           -- memory of its machine
    disk_free_bytes    INTEGER,           -- what is free of the file system with its data folder
    disk_total_bytes   INTEGER,           -- the size of that file system
    spool_entries      INTEGER,           -- what it keeps until the database has it; NULL: it has no spool
    spool_bytes        INTEGER            -- the size of that
) STRICT, WITHOUT ROWID;
