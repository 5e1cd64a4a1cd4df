-- The first tables. Ids are 16 bytes, UUIDv7 big-endian (they sort by time); times are milliseconds since 1970, UTC.

-- Marks the file as a database of aftercall ("aftc"), so that no other program's file is taken for one.
PRAGMA application_id = 0x61667463;

CREATE TABLE service (
    id       BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16), -- its id
    name     TEXT NOT NULL,                                     -- its name as written
    name_key TEXT NOT NULL UNIQUE,                              -- the name in lower case (Unicode), by which it is unique
    channel  TEXT NOT NULL CHECK (channel IN ('voice', 'chat')),-- the contacts it takes
    dn       TEXT                                               -- dialled number, matched exactly; NULL: found by name only
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX service_by_dn ON service (dn) WHERE dn IS NOT NULL;

CREATE TABLE survey (
    id       BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16), -- its id
    key      TEXT NOT NULL UNIQUE,                              -- the key people and scripts name it by
    name     TEXT NOT NULL,                                     -- its name for people
    document TEXT NOT NULL,                                     -- the draft, a survey document in JSON
    saved_at INTEGER NOT NULL                                   -- when the draft was last saved
) STRICT;

CREATE TABLE version (
    id           BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16), -- its id
    survey_id    BLOB NOT NULL REFERENCES survey (id),              -- the survey it belongs to
    number       INTEGER NOT NULL CHECK (number >= 1),              -- 1, 2, … within the survey
    document     TEXT NOT NULL,                                     -- the published document in JSON, never changed
    published_at INTEGER NOT NULL                                   -- when it was published
) STRICT;

CREATE UNIQUE INDEX version_by_survey ON version (survey_id, number);

CREATE TABLE activation (
    service_id BLOB NOT NULL PRIMARY KEY REFERENCES service (id), -- the service; at most one survey is active on it
    survey_id  BLOB NOT NULL REFERENCES survey (id),              -- the active survey; its newest version is asked
    paused     INTEGER NOT NULL CHECK (paused IN (0, 1)),         -- 1: nobody is asked for now
    changed_at INTEGER NOT NULL                                   -- when it was activated, paused or resumed
) STRICT, WITHOUT ROWID;

CREATE INDEX activation_by_survey ON activation (survey_id);

CREATE TABLE offer (
    id         BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16), -- its id; the response's id where one began
    at         INTEGER NOT NULL,                                  -- when a survey was asked for
    service_id BLOB REFERENCES service (id),                      -- the service found; NULL: none was
    dn         TEXT,                                              -- dialled number as given
    customer   TEXT,                                              -- the customer's number
    call_id    TEXT,                                              -- the contact centre's id of the call
    agent_id   TEXT,                                              -- the agent's login id
    agent_name TEXT,                                              -- the agent's name
    team       TEXT,                                              -- the agent's team
    queue      TEXT,                                              -- the queue the call came through
    result     TEXT NOT NULL,                                     -- 'offered', or the gate that said no
    trace      TEXT NOT NULL,                                     -- all gates and what each said, in JSON
    node       TEXT NOT NULL                                      -- the node that answered
) STRICT, WITHOUT ROWID;

CREATE INDEX offer_by_at ON offer (at);
CREATE INDEX offer_by_call ON offer (call_id, at) WHERE call_id IS NOT NULL;
CREATE INDEX offer_by_customer ON offer (customer, at) WHERE customer IS NOT NULL;

CREATE TABLE response (
    id         BLOB NOT NULL PRIMARY KEY REFERENCES offer (id),  -- the id of the offer it began with
    survey_id  BLOB NOT NULL REFERENCES survey (id),             -- the survey
    version_id BLOB NOT NULL REFERENCES version (id),            -- the version asked, to the end
    service_id BLOB NOT NULL REFERENCES service (id),            -- the service of the contact
    channel    TEXT NOT NULL CHECK (channel IN ('voice', 'sms', 'chat', 'web')), -- the channel of the answers
    language   TEXT NOT NULL,                                    -- the language asked in (BCP 47)
    seed       INTEGER NOT NULL,                                 -- seed of the order of shuffled choices
    state      TEXT NOT NULL
               CHECK (state IN ('offered', 'in_progress', 'complete', 'partial', 'declined', 'expired')), -- where it stands
    seq        INTEGER NOT NULL,                                 -- rises by one with every update; guards against two writers
    offered_at INTEGER NOT NULL,                                 -- when it was offered
    started_at INTEGER,                                          -- when the first question was answered or passed over
    ended_at   INTEGER,                                          -- when it first ended
    updated_at INTEGER NOT NULL                                  -- last change
) STRICT, WITHOUT ROWID;

-- For reports and daily caps.
CREATE INDEX response_by_survey ON response (survey_id, offered_at);
-- For ending idle ones. Holds open responses only, and not `updated_at`: an answer need not touch it.
CREATE INDEX response_open ON response (offered_at) WHERE state IN ('offered', 'in_progress');

CREATE TABLE answer (
    response_id  BLOB NOT NULL REFERENCES response (id),          -- the response
    question_no  INTEGER NOT NULL,                                -- position of the question in its version, from 0
    question_key TEXT NOT NULL,                                   -- the question's key
    kind         TEXT NOT NULL
                 CHECK (kind IN ('number', 'choice', 'text', 'recording', 'skipped')), -- what kind of answer
    num          INTEGER CHECK ((kind = 'number') = (num IS NOT NULL)),                -- the number of a 'number'
    text         TEXT CHECK ((kind IN ('choice', 'text', 'recording')) = (text IS NOT NULL)), -- choice key, words, or reference
    at           INTEGER NOT NULL,                                -- when it was received
    PRIMARY KEY (response_id, question_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_key (
    id           BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16), -- its id
    name         TEXT NOT NULL,                                     -- its name, unique among keys not revoked
    hash         BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),    -- SHA-256 of the secret
    scopes       TEXT NOT NULL,                                     -- what it may do: words separated by commas
    created_at   INTEGER NOT NULL,                                  -- when it was made
    last_used_at INTEGER,                                           -- when it was last used
    revoked_at   INTEGER                                            -- when it was revoked; NULL: valid
) STRICT;

CREATE UNIQUE INDEX api_key_by_name ON api_key (name) WHERE revoked_at IS NULL;

CREATE TABLE catalog_stamp (
    id    INTEGER NOT NULL PRIMARY KEY CHECK (id = 1), -- one row only
    stamp INTEGER NOT NULL                             -- rises with each change of services, surveys, versions, activations, keys
) STRICT;

CREATE TABLE probe (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1), -- one row only
    at INTEGER NOT NULL                             -- when a write was last tried
) STRICT;

INSERT INTO catalog_stamp (id, stamp) VALUES (1, 1);
INSERT INTO probe (id, at) VALUES (1, 0);

-- The services that stand in when a contact's own has no active survey. Their ids are the same in every database.
INSERT INTO service (id, name, name_key, channel, dn)
VALUES (X'00000000000070008000000000000001', 'All', 'all', 'voice', NULL),
       (X'00000000000070008000000000000002', 'All-Web', 'all-web', 'chat', NULL);
