-- Invites: surveys offered by a message after the contact; the messages; what comes back of them; who wants none.

CREATE TABLE invite (
    id           BINARY(16) NOT NULL CONSTRAINT pk_invite PRIMARY KEY CONSTRAINT fk_invite_offer REFERENCES offer (id), -- the id of the ask that was decided, and of the response where one began
    at           BIGINT NOT NULL, -- when it was decided, in milliseconds since 1970
    reference    NVARCHAR(300) COLLATE Latin1_General_BIN2 NOT NULL CONSTRAINT uq_invite_reference UNIQUE, -- by what a repetition is known: of all with one, the first holds
    cause        NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL, -- what led to it: hang_up, call_ended, chat_ended, api, list
    caused_by    BINARY(16) NULL, -- the response of the call that led to it; NULL: none did
    number       NVARCHAR(20) COLLATE Latin1_General_BIN2 NULL, -- the recipient in E.164; NULL: what was given is no number
    language     NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL, -- the language of the messages (BCP 47)
    expires_at   BIGINT NULL, -- until when it can be answered; NULL: nobody is invited
    remind_at    BIGINT NULL -- when to remind of it; NULL: not, or it was seen to
);

CREATE INDEX invite_by_time ON invite (at, id);
CREATE INDEX invite_by_number ON invite (number, at) WHERE number IS NOT NULL;
CREATE INDEX invite_to_remind ON invite (remind_at) WHERE remind_at IS NOT NULL;

CREATE TABLE outbox (
    id           BINARY(16) NOT NULL CONSTRAINT pk_outbox PRIMARY KEY, -- its id
    kind         NVARCHAR(10) COLLATE Latin1_General_BIN2 NOT NULL CONSTRAINT df_outbox_kind DEFAULT N'sms', -- what carries it
    response_id  BINARY(16) NULL CONSTRAINT fk_outbox_response REFERENCES response (id), -- the response it is about; NULL: none
    purpose      NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL, -- invite, reminder, dialogue, confirmation, test
    number       NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL, -- the recipient in E.164
    language     NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL, -- its language (BCP 47)
    text         NVARCHAR(4000) COLLATE Latin1_General_BIN2 NULL, -- what it says; NULL: made when it is sent, as the link in it is kept nowhere
    route_wanted NVARCHAR(40) COLLATE Latin1_General_BIN2 NULL, -- the route it is to take; NULL: whichever fits
    state        NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL, -- where it stands: queued, claimed, submitting, accepted, delivered …
    created_at   BIGINT NOT NULL, -- when it was added
    due_at       BIGINT NOT NULL, -- when it is to be sent
    expires_at   BIGINT NOT NULL, -- when it is of no use any more
    attempt      INT NOT NULL CONSTRAINT df_outbox_attempt DEFAULT 0, -- how often it was handed to a gateway
    doubles      INT NOT NULL CONSTRAINT df_outbox_doubles DEFAULT 0, -- how often it was handed over anew although it may have been taken before
    parts        INT NOT NULL CONSTRAINT df_outbox_parts DEFAULT 0, -- parts it was sent in
    epoch        BIGINT NOT NULL CONSTRAINT df_outbox_epoch DEFAULT 0, -- the epoch of the lease under which it was last taken in hand
    claim_id     BINARY(16) NULL, -- the time it was last taken in hand; NULL: never
    claimed_at   BIGINT NULL, -- when that was
    submitted_at BIGINT NULL, -- when it was last handed to a gateway
    route        NVARCHAR(40) COLLATE Latin1_General_BIN2 NULL, -- the route that had it last
    cause        NVARCHAR(1000) COLLATE Latin1_General_BIN2 NOT NULL CONSTRAINT df_outbox_cause DEFAULT N'', -- why it stands where it does; empty: nothing to tell
    changed_at   BIGINT NOT NULL -- when it came to where it stands
);

CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state = N'queued';
CREATE INDEX outbox_in_hand ON outbox (state, epoch) WHERE state IN (N'claimed', N'submitting');
CREATE INDEX outbox_by_claim ON outbox (claim_id) WHERE claim_id IS NOT NULL;
CREATE INDEX outbox_by_response ON outbox (response_id) WHERE response_id IS NOT NULL;
CREATE INDEX outbox_by_number ON outbox (number, created_at);
CREATE INDEX outbox_by_state ON outbox (state, created_at, id);

-- The gateway's ids of the parts of a message, by which receipts find it.
CREATE TABLE sms_part (
    route        NVARCHAR(40) COLLATE Latin1_General_BIN2 NOT NULL, -- the route
    gateway_id   NVARCHAR(100) COLLATE Latin1_General_BIN2 NOT NULL, -- the gateway's id of the part; one that comes again is of the newest
    outbox_id    BINARY(16) NOT NULL CONSTRAINT fk_sms_part_outbox REFERENCES outbox (id), -- the message
    part         INT NOT NULL, -- its place, from 0
    state        NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL, -- accepted, delivered, undelivered
    at           BIGINT NOT NULL, -- when it came to that
    CONSTRAINT pk_sms_part PRIMARY KEY (route, gateway_id)
);

CREATE INDEX sms_part_by_message ON sms_part (outbox_id);

-- Receipts that came before it was known which message they are of.
CREATE TABLE sms_receipt (
    route        NVARCHAR(40) COLLATE Latin1_General_BIN2 NOT NULL, -- the route
    gateway_id   NVARCHAR(100) COLLATE Latin1_General_BIN2 NOT NULL, -- the gateway's id of the part
    state        NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL, -- what it says: accepted, delivered, undelivered
    detail       NVARCHAR(1000) COLLATE Latin1_General_BIN2 NOT NULL, -- the gateway's own words
    at           BIGINT NOT NULL, -- when it came
    CONSTRAINT pk_sms_receipt PRIMARY KEY (route, gateway_id)
);

CREATE INDEX sms_receipt_by_time ON sms_receipt (at);

-- Messages from phones, so that one that comes twice is taken once.
CREATE TABLE sms_inbound (
    route        NVARCHAR(40) COLLATE Latin1_General_BIN2 NOT NULL, -- the route
    message_id   NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL, -- the gateway's id of it
    response_id  BINARY(16) NULL, -- the response that it was taken as an answer in; NULL: none
    question     NVARCHAR(200) COLLATE Latin1_General_BIN2 NULL, -- the question's key
    at           BIGINT NOT NULL, -- when it came
    CONSTRAINT pk_sms_inbound PRIMARY KEY (route, message_id)
);

CREATE INDEX sms_inbound_by_time ON sms_inbound (at);

CREATE TABLE opt_out (
    number       NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL CONSTRAINT pk_opt_out PRIMARY KEY, -- who wants no messages, in E.164
    at           BIGINT NOT NULL, -- since when
    source       NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL -- how it is known: sms, gateway, portal, api
);

CREATE INDEX opt_out_by_time ON opt_out (at, number);

-- How the routes are, as the node sees them that sends.
CREATE TABLE sms_route (
    name         NVARCHAR(40) COLLATE Latin1_General_BIN2 NOT NULL CONSTRAINT pk_sms_route PRIMARY KEY, -- the route
    node         NVARCHAR(400) COLLATE Latin1_General_BIN2 NOT NULL, -- the node that sends by it
    kind         NVARCHAR(10) COLLATE Latin1_General_BIN2 NOT NULL, -- what it speaks: http, smpp
    state        NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL, -- up, waiting, down
    detail       NVARCHAR(1000) COLLATE Latin1_General_BIN2 NOT NULL, -- why
    changed_at   BIGINT NOT NULL, -- since when
    seen_at      BIGINT NOT NULL, -- when it was last written down
    taken        BIGINT NOT NULL, -- messages the gateway took since the node began to send
    refused      BIGINT NOT NULL, -- messages it refused
    unknown      BIGINT NOT NULL -- messages of which nobody knows
);

INSERT INTO lease (role, epoch, seq, expires_at) VALUES (N'sms_sender', 0, 0, 0);
