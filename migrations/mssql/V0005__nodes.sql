-- What each node says of itself every few seconds. A node that is gone is told by how long ago it was seen.

CREATE TABLE node (
    id                 BINARY(16)    NOT NULL CONSTRAINT pk_node PRIMARY KEY, -- the node, whatever it is called: the id in its data folder
    life               BINARY(16)    NOT NULL,       -- its present life: another one after each start
    name               NVARCHAR(400) COLLATE Latin1_General_BIN2 NOT NULL,  -- what it is called, for people; two nodes may have one name
    version            NVARCHAR(100) COLLATE Latin1_General_BIN2 NOT NULL,  -- the program's version
    addresses          NVARCHAR(1000) COLLATE Latin1_General_BIN2 NOT NULL, -- the addresses of its network interfaces, separated by blanks; without loopback and link-local ones
    listen             NVARCHAR(100) COLLATE Latin1_General_BIN2 NOT NULL,  -- the address and port it serves calls at
    started_at         BIGINT        NOT NULL,       -- when this life began, by this database's clock, in milliseconds since 1970
    seen_at            BIGINT        NOT NULL,       -- when it last wrote this row, by this database's clock
    clock_offset_ms    BIGINT        NULL,           -- how far its clock is ahead of this database's, in milliseconds; NULL: not measured
    cpu_percent        BIGINT        NULL,           -- how busy its machine's processors are; this and all below NULL where it is not known
    memory_bytes       BIGINT        NULL,           -- memory of its machine that is in use
    memory_total_bytes BIGINT        NULL,           -- memory of its machine
    disk_free_bytes    BIGINT        NULL,           -- what is free of the file system with its data folder
    disk_total_bytes   BIGINT        NULL,           -- the size of that file system
    spool_entries      BIGINT        NULL,           -- what it keeps until the database has it; NULL: it has no spool
    spool_bytes        BIGINT        NULL            -- the size of that
);
