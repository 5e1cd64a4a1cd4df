-- Invites: surveys offered by a message after the contact; the messages; what comes back of them; who wants none.

CREATE TABLE invite (
    id         BLOB NOT NULL PRIMARY KEY REFERENCES offer (id), -- the id of the ask that was decided, and of the response where one began
    at         INTEGER NOT NULL,                                -- when it was decided, in milliseconds since 1970
    reference  TEXT NOT NULL UNIQUE,                            -- by what a repetition is known: of all with one, the first holds
    cause      TEXT NOT NULL,                                   -- what led to it: hang_up, call_ended, chat_ended, api, list
    caused_by  BLOB CHECK (length(caused_by) = 16),             -- the response of the call that led to it; NULL: none did
    number     TEXT,                                            -- the recipient in E.164; NULL: what was given is no number
    language   TEXT NOT NULL,                                   -- the language of the messages (BCP 47)
    expires_at INTEGER,                                         -- until when it can be answered; NULL: nobody is invited
    remind_at  INTEGER                                          -- when to remind of it; NULL: not, or it was seen to
) STRICT, WITHOUT ROWID;

CREATE INDEX invite_by_time ON invite (at, id);
CREATE INDEX invite_by_number ON invite (number, at) WHERE number IS NOT NULL;
CREATE INDEX invite_to_remind ON invite (remind_at) WHERE remind_at IS NOT NULL;

CREATE TABLE outbox (
    id           BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16), -- its id
    kind         TEXT NOT NULL DEFAULT 'sms',                       -- what carries it
    response_id  BLOB REFERENCES response (id),                     -- the response it is about; NULL: none
    purpose      TEXT NOT NULL,                                     -- invite, reminder, dialogue, confirmation, test
    number       TEXT NOT NULL,                                     -- the recipient in E.164
    language     TEXT NOT NULL,                                     -- its language (BCP 47)
    text         TEXT,                                              -- what it says; NULL: made when it is sent, as the link in it is kept nowhere
    route_wanted TEXT,                                              -- the route it is to take; NULL: whichever fits
    state        TEXT NOT NULL,                                     -- where it stands: queued, claimed, submitting, accepted, delivered …
    created_at   INTEGER NOT NULL,                                  -- when it was added
    due_at       INTEGER NOT NULL,                                  -- when it is to be sent
    expires_at   INTEGER NOT NULL,                                  -- when it is of no use any more
    attempt      INTEGER NOT NULL DEFAULT 0,                        -- how often it was handed to a gateway
    doubles      INTEGER NOT NULL DEFAULT 0,                        -- how often it was handed over anew although it may have been taken before
    parts        INTEGER NOT NULL DEFAULT 0,                        -- parts it was sent in
    epoch        INTEGER NOT NULL DEFAULT 0,                        -- the epoch of the lease under which it was last taken in hand
    claim_id     BLOB CHECK (length(claim_id) = 16),                -- the time it was last taken in hand; NULL: never
    claimed_at   INTEGER,                                           -- when that was
    submitted_at INTEGER,                                           -- when it was last handed to a gateway
    route        TEXT,                                              -- the route that had it last
    cause        TEXT NOT NULL DEFAULT '',                          -- why it stands where it does; empty: nothing to tell
    changed_at   INTEGER NOT NULL                                   -- when it came to where it stands
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state = 'queued';
CREATE INDEX outbox_in_hand ON outbox (state, epoch) WHERE state IN ('claimed', 'submitting');
CREATE INDEX outbox_by_claim ON outbox (claim_id) WHERE claim_id IS NOT NULL;
CREATE INDEX outbox_by_response ON outbox (response_id) WHERE response_id IS NOT NULL;
CREATE INDEX outbox_by_number ON outbox (number, created_at);
CREATE INDEX outbox_by_state ON outbox (state, created_at, id);

-- The gateway's ids of the parts of a message, by which receipts find it.
CREATE TABLE sms_part (
    route      TEXT NOT NULL,                                            -- the route
    gateway_id TEXT NOT NULL,                                            -- the gateway's id of the part; one that comes again is of the newest
    outbox_id  BLOB NOT NULL REFERENCES outbox (id),                     -- the message
    part       INTEGER NOT NULL,                                         -- its place, from 0
    state      TEXT NOT NULL,                                            -- accepted, delivered, undelivered
    at         INTEGER NOT NULL,                                         -- when it came to that
    PRIMARY KEY (route, gateway_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sms_part_by_message ON sms_part (outbox_id);

-- Receipts that came before it was known which message they are of.
CREATE TABLE sms_receipt (
    route      TEXT NOT NULL,    -- the route
    gateway_id TEXT NOT NULL,    -- the gateway's id of the part
    state      TEXT NOT NULL,    -- what it says: accepted, delivered, undelivered
    detail     TEXT NOT NULL,    -- the gateway's own words
    at         INTEGER NOT NULL, -- when it came
    PRIMARY KEY (route, gateway_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sms_receipt_by_time ON sms_receipt (at);

-- Messages from phones, so that one that comes twice is taken once.
CREATE TABLE sms_inbound (
    route       TEXT NOT NULL,                               -- the route
    message_id  TEXT NOT NULL,                               -- the gateway's id of it
    response_id BLOB CHECK (length(response_id) = 16),       -- the response that it was taken as an answer in; NULL: none
    question    TEXT,                                        -- the question's key
    at          INTEGER NOT NULL,                            -- when it came
    PRIMARY KEY (route, message_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sms_inbound_by_time ON sms_inbound (at);

CREATE TABLE opt_out (
    number TEXT NOT NULL PRIMARY KEY, -- who wants no messages, in E.164
    at     INTEGER NOT NULL,          -- since when
    source TEXT NOT NULL              -- how it is known: sms, gateway, portal, api
) STRICT, WITHOUT ROWID;

CREATE INDEX opt_out_by_time ON opt_out (at, number);

-- How the routes are, as the node sees them that sends.
CREATE TABLE sms_route (
    name       TEXT NOT NULL PRIMARY KEY, -- the route
    node       TEXT NOT NULL,             -- the node that sends by it
    kind       TEXT NOT NULL,             -- what it speaks: http, smpp
    state      TEXT NOT NULL,             -- up, waiting, down
    detail     TEXT NOT NULL,             -- why
    changed_at INTEGER NOT NULL,          -- since when
    seen_at    INTEGER NOT NULL,          -- when it was last written down
    taken      INTEGER NOT NULL,          -- messages the gateway took since the node began to send
    refused    INTEGER NOT NULL,          -- messages it refused
    unknown    INTEGER NOT NULL           -- messages of which nobody knows
) STRICT, WITHOUT ROWID;

INSERT INTO lease (role, epoch, seq, expires_at) VALUES ('sms_sender', 0, 0, 0);
