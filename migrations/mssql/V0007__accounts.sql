-- People who sign in, their sessions, and what they did.

CREATE TABLE account (
    id           BINARY(16)    NOT NULL CONSTRAINT pk_account PRIMARY KEY,   -- its id
    name         NVARCHAR(64)  COLLATE Latin1_General_BIN2 NOT NULL CONSTRAINT uq_account_name UNIQUE, -- what its person signs in by, in small letters
    display_name NVARCHAR(400) COLLATE Latin1_General_BIN2 NOT NULL,         -- what its person is called
    role         NVARCHAR(20)  COLLATE Latin1_General_BIN2 NOT NULL,         -- what its person may do: admin, manager, supervisor, viewer
    password     NVARCHAR(400) COLLATE Latin1_General_BIN2 NULL,             -- the password's hash (Argon2id, PHC string format); NULL: never set
    language     NVARCHAR(35)  COLLATE Latin1_General_BIN2 NULL,             -- the language of the pages (BCP 47); NULL: the browser's
    created_at   BIGINT        NOT NULL,                                     -- when it was added, in milliseconds since 1970
    locked_at    BIGINT        NULL,                                         -- when it was locked; NULL: it is not
    signed_in_at BIGINT        NULL                                          -- when somebody last signed in by it; NULL: never
);

CREATE TABLE account_link (
    hash       BINARY(32) NOT NULL CONSTRAINT pk_account_link PRIMARY KEY,   -- SHA-256 of the secret in the link
    account_id BINARY(16) NOT NULL CONSTRAINT fk_account_link_account REFERENCES account (id), -- whose password it sets, once
    created_at BIGINT     NOT NULL,                                          -- when it was made
    expires_at BIGINT     NOT NULL                                           -- until when it works
);

CREATE INDEX account_link_by_account ON account_link (account_id);

CREATE TABLE account_session (
    id         BINARY(16)     NOT NULL CONSTRAINT pk_account_session PRIMARY KEY, -- its id
    token_hash BINARY(32)     NOT NULL CONSTRAINT uq_account_session_token UNIQUE, -- SHA-256 of its secret
    account_id BINARY(16)     NOT NULL CONSTRAINT fk_account_session_account REFERENCES account (id), -- whose it is
    created_at BIGINT         NOT NULL,                                          -- when it began
    used_at    BIGINT         NOT NULL,                                          -- when it was last used, to the minute
    ends_at    BIGINT         NOT NULL,                                          -- when it ends, however much it is used
    address    NVARCHAR(100)  COLLATE Latin1_General_BIN2 NOT NULL,              -- the address it was begun from
    agent      NVARCHAR(400)  COLLATE Latin1_General_BIN2 NOT NULL               -- the browser, as that calls itself
);

CREATE INDEX account_session_by_account ON account_session (account_id);

CREATE TABLE sign_in_failure (
    name     NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL CONSTRAINT pk_sign_in_failure PRIMARY KEY, -- an account or an address that wrong passwords were given for or from
    failures BIGINT        NOT NULL,                                         -- how many of late
    last_at  BIGINT        NOT NULL                                          -- when the last one was
);

CREATE TABLE audit (
    id           BINARY(16)    NOT NULL CONSTRAINT pk_audit PRIMARY KEY,        -- its id; ids rise with time
    at           BIGINT        NOT NULL,                                        -- when it was done
    account_id   BINARY(16)    NULL,                                            -- the account of who did it; NULL: nobody signed in, or a command line
    who          NVARCHAR(400) COLLATE Latin1_General_BIN2 NOT NULL,            -- what that one was called then
    action       NVARCHAR(40)  COLLATE Latin1_General_BIN2 NOT NULL,            -- what was done
    subject      NVARCHAR(400) COLLATE Latin1_General_BIN2 NOT NULL,            -- to what
    state_before NVARCHAR(MAX) COLLATE Latin1_General_BIN2 NULL,                -- how it was before, as JSON
    state_after  NVARCHAR(MAX) COLLATE Latin1_General_BIN2 NULL,                -- how it is now, as JSON
    address      NVARCHAR(100) COLLATE Latin1_General_BIN2 NOT NULL             -- the address it was done from; empty at a command line
);
