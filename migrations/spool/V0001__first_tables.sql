-- What a node keeps by itself while the database is away. Times are milliseconds since 1970, UTC; ids are 16 bytes.

-- Marks the file as a spool of aftercall ("afsp"), so that no other program's file is taken for one.
PRAGMA application_id = 0x61667370;

-- What callers did, in order, to be stored in the database when it is back.
CREATE TABLE entry (
    n           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,             -- the order; never used twice
    response_id BLOB NOT NULL CHECK (length(response_id) = 16),         -- the response, or the ask that led to none
    kind        TEXT NOT NULL CHECK (kind IN ('offer', 'change')),      -- an ask with what came of it, or a change of a response
    seq         INTEGER NOT NULL,                                       -- the response's sequence number afterwards
    write_id    BLOB CHECK (write_id IS NULL OR length(write_id) = 16), -- key of a change; NULL for an offer, whose id is its key
    at          INTEGER NOT NULL,                                       -- when it was spooled
    body        TEXT NOT NULL                                           -- all of it, in JSON
) STRICT;

CREATE INDEX entry_by_response ON entry (response_id, n);

-- What the database did not take, for a reason that does not pass: kept for people to look at.
CREATE TABLE stranded (
    n           INTEGER NOT NULL PRIMARY KEY,                           -- the number it had as an entry
    response_id BLOB NOT NULL CHECK (length(response_id) = 16),         -- the response
    kind        TEXT NOT NULL,                                          -- as in entry
    at          INTEGER NOT NULL,                                       -- when it was spooled
    body        TEXT NOT NULL,                                          -- all of it, in JSON
    why         TEXT NOT NULL                                           -- what the database said
) STRICT;

-- The last lists read from the database: services with what is active, API keys, prompts.
CREATE TABLE kept_list (
    name  TEXT NOT NULL PRIMARY KEY CHECK (name IN ('catalog', 'keys', 'prompts')), -- which
    stamp INTEGER NOT NULL,                                                         -- the catalog's stamp it was read at
    body  TEXT NOT NULL                                                             -- its rows, in JSON
) STRICT;

-- Versions that calls in progress may be on.
CREATE TABLE kept_version (
    id      BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16), -- the version
    kept_at INTEGER NOT NULL,                                  -- when it was read
    body    TEXT NOT NULL                                      -- all of it, in JSON
) STRICT, WITHOUT ROWID;

-- What callers hear.
CREATE TABLE kept_audio (
    prompt_id BLOB NOT NULL CHECK (length(prompt_id) = 16), -- the prompt
    form      TEXT NOT NULL,                                -- as in the database
    audio     BLOB NOT NULL,                                -- a whole WAV file
    PRIMARY KEY (prompt_id, form)
) STRICT;

CREATE TABLE probe (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1), -- one row only
    at INTEGER NOT NULL                             -- when a write was last tried
) STRICT;

INSERT INTO probe (id, at) VALUES (1, 0);
