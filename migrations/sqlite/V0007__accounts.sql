-- People who sign in, their sessions, and what they did.

CREATE TABLE account (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16), -- its id
    name         TEXT    NOT NULL UNIQUE,  -- what its person signs in by, in small letters
    display_name TEXT    NOT NULL,         -- what its person is called
    role         TEXT    NOT NULL,         -- what its person may do: admin, manager, supervisor, viewer
    password     TEXT,                     -- the password's hash (Argon2id, PHC string format); NULL: never set
    language     TEXT,                     -- the language of the pages (BCP 47); NULL: the browser's
    created_at   INTEGER NOT NULL,         -- when it was added, in milliseconds since 1970
    locked_at    INTEGER,                  -- when it was locked; NULL: it is not
    signed_in_at INTEGER                   -- when somebody last signed in by it; NULL: never
) STRICT;

CREATE TABLE account_link (
    hash       BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32), -- SHA-256 of the secret in the link
    account_id BLOB    NOT NULL REFERENCES account (id),               -- whose password it sets, once
    created_at INTEGER NOT NULL,                                       -- when it was made
    expires_at INTEGER NOT NULL                                        -- until when it works
) STRICT, WITHOUT ROWID;

CREATE INDEX account_link_by_account ON account_link (account_id);

CREATE TABLE account_session (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),        -- its id
    token_hash BLOB    NOT NULL UNIQUE CHECK (length(token_hash) = 32),     -- SHA-256 of its secret
    account_id BLOB    NOT NULL REFERENCES account (id),                    -- whose it is
    created_at INTEGER NOT NULL,                                            -- when it began
    used_at    INTEGER NOT NULL,                                            -- when it was last used, to the minute
    ends_at    INTEGER NOT NULL,                                            -- when it ends, however much it is used
    address    TEXT    NOT NULL,                                            -- the address it was begun from
    agent      TEXT    NOT NULL                                             -- the browser, as that calls itself
) STRICT;

CREATE INDEX account_session_by_account ON account_session (account_id);

CREATE TABLE sign_in_failure (
    name     TEXT    NOT NULL PRIMARY KEY, -- an account or an address that wrong passwords were given for or from
    failures INTEGER NOT NULL,             -- how many of late
    last_at  INTEGER NOT NULL              -- when the last one was
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16), -- its id; ids rise with time
    at           INTEGER NOT NULL,                                     -- when it was done
    account_id   BLOB,                                                 -- the account of who did it; NULL: nobody signed in, or a command line
    who          TEXT    NOT NULL,                                     -- what that one was called then
    action       TEXT    NOT NULL,                                     -- what was done
    subject      TEXT    NOT NULL,                                     -- to what
    state_before TEXT,                                                 -- how it was before, as JSON
    state_after  TEXT,                                                 -- how it is now, as JSON
    address      TEXT    NOT NULL                                      -- the address it was done from; empty at a command line
) STRICT, WITHOUT ROWID;
