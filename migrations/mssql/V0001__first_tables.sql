-- The first tables. Ids are 16 bytes, UUIDv7 big-endian (they sort by time, unlike `uniqueidentifier`, which sorts by
-- its last bytes); times are milliseconds since 1970, UTC. Texts are compared exactly (BIN2), whatever the collation of
-- the database is. Lengths are in UTF-16 units: a character outside the basic plane takes two.

CREATE TABLE service (
    id       BINARY(16)    NOT NULL CONSTRAINT pk_service PRIMARY KEY,  -- its id
    name     NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL,        -- its name as written
    name_key NVARCHAR(400) COLLATE Latin1_General_BIN2 NOT NULL CONSTRAINT uq_service_name UNIQUE, -- the name in lower case (Unicode), by which it is unique
    channel  NVARCHAR(16)  COLLATE Latin1_General_BIN2 NOT NULL CONSTRAINT ck_service_channel CHECK (channel IN (N'voice', N'chat')), -- the contacts it takes
    dn       NVARCHAR(100) COLLATE Latin1_General_BIN2 NULL             -- dialled number, matched exactly; NULL: found by name only
);

CREATE UNIQUE INDEX service_by_dn ON service (dn) WHERE dn IS NOT NULL;

CREATE TABLE survey (
    id       BINARY(16)    NOT NULL CONSTRAINT pk_survey PRIMARY KEY,   -- its id
    [key]    NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL CONSTRAINT uq_survey_key UNIQUE, -- the key people and scripts name it by
    name     NVARCHAR(400) COLLATE Latin1_General_BIN2 NOT NULL,        -- its name for people
    document NVARCHAR(MAX) COLLATE Latin1_General_BIN2 NOT NULL,        -- the draft, a survey document in JSON
    saved_at BIGINT        NOT NULL                                     -- when the draft was last saved
);

CREATE TABLE version (
    id           BINARY(16)    NOT NULL CONSTRAINT pk_version PRIMARY KEY, -- its id
    survey_id    BINARY(16)    NOT NULL CONSTRAINT fk_version_survey REFERENCES survey (id), -- the survey it belongs to
    number       INT           NOT NULL CONSTRAINT ck_version_number CHECK (number >= 1), -- 1, 2, … within the survey
    document     NVARCHAR(MAX) COLLATE Latin1_General_BIN2 NOT NULL,    -- the published document in JSON, never changed
    published_at BIGINT        NOT NULL                                 -- when it was published
);

CREATE UNIQUE INDEX version_by_survey ON version (survey_id, number);

CREATE TABLE activation (
    service_id BINARY(16) NOT NULL CONSTRAINT pk_activation PRIMARY KEY
               CONSTRAINT fk_activation_service REFERENCES service (id), -- the service; at most one survey is active on it
    survey_id  BINARY(16) NOT NULL CONSTRAINT fk_activation_survey REFERENCES survey (id), -- the active survey; its newest version is asked
    paused     BIT        NOT NULL,                                     -- 1: nobody is asked for now
    changed_at BIGINT     NOT NULL                                      -- when it was activated, paused or resumed
);

CREATE INDEX activation_by_survey ON activation (survey_id);

CREATE TABLE offer (
    id         BINARY(16)    NOT NULL CONSTRAINT pk_offer PRIMARY KEY,  -- its id; the response's id where one began
    at         BIGINT        NOT NULL,                                  -- when a survey was asked for
    service_id BINARY(16)    NULL CONSTRAINT fk_offer_service REFERENCES service (id), -- the service found; NULL: none was
    dn         NVARCHAR(100) COLLATE Latin1_General_BIN2 NULL,          -- dialled number as given
    customer   NVARCHAR(100) COLLATE Latin1_General_BIN2 NULL,          -- the customer's number
    call_id    NVARCHAR(200) COLLATE Latin1_General_BIN2 NULL,          -- the contact centre's id of the call
    agent_id   NVARCHAR(100) COLLATE Latin1_General_BIN2 NULL,          -- the agent's login id
    agent_name NVARCHAR(200) COLLATE Latin1_General_BIN2 NULL,          -- the agent's name
    team       NVARCHAR(200) COLLATE Latin1_General_BIN2 NULL,          -- the agent's team
    queue      NVARCHAR(200) COLLATE Latin1_General_BIN2 NULL,          -- the queue the call came through
    result     NVARCHAR(40)  COLLATE Latin1_General_BIN2 NOT NULL,      -- 'offered', or the gate that said no
    trace      NVARCHAR(MAX) COLLATE Latin1_General_BIN2 NOT NULL,      -- all gates and what each said, in JSON
    node       NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL       -- the node that answered
);

CREATE INDEX offer_by_at ON offer (at);
CREATE INDEX offer_by_call ON offer (call_id, at) WHERE call_id IS NOT NULL;
CREATE INDEX offer_by_customer ON offer (customer, at) WHERE customer IS NOT NULL;

CREATE TABLE response (
    id         BINARY(16)   NOT NULL CONSTRAINT pk_response PRIMARY KEY
               CONSTRAINT fk_response_offer REFERENCES offer (id),      -- the id of the offer it began with
    survey_id  BINARY(16)   NOT NULL CONSTRAINT fk_response_survey REFERENCES survey (id),   -- the survey
    version_id BINARY(16)   NOT NULL CONSTRAINT fk_response_version REFERENCES version (id), -- the version asked, to the end
    service_id BINARY(16)   NOT NULL CONSTRAINT fk_response_service REFERENCES service (id), -- the service of the contact
    channel    NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL
               CONSTRAINT ck_response_channel CHECK (channel IN (N'voice', N'sms', N'chat', N'web')), -- the channel of the answers
    language   NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,       -- the language asked in (BCP 47)
    seed       BIGINT       NOT NULL,                                   -- seed of the order of shuffled choices
    state      NVARCHAR(16) COLLATE Latin1_General_BIN2 NOT NULL
               CONSTRAINT ck_response_state CHECK (state IN (N'offered', N'in_progress', N'complete', N'partial', N'declined', N'expired')), -- where it stands
    seq        BIGINT       NOT NULL,                                   -- rises by one with every update; guards against two writers
    offered_at BIGINT       NOT NULL,                                   -- when it was offered
    started_at BIGINT       NULL,                                       -- when the first question was answered or passed over
    ended_at   BIGINT       NULL,                                       -- when it first ended
    updated_at BIGINT       NOT NULL                                    -- last change
);

-- For reports and daily caps.
CREATE INDEX response_by_survey ON response (survey_id, offered_at);
-- For ending idle ones. Holds open responses only, and not `updated_at`: an answer need not touch it.
CREATE INDEX response_open ON response (offered_at) WHERE state IN (N'offered', N'in_progress');

CREATE TABLE answer (
    response_id  BINARY(16)    NOT NULL CONSTRAINT fk_answer_response REFERENCES response (id), -- the response
    question_no  INT           NOT NULL,                                -- position of the question in its version, from 0
    question_key NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL,    -- the question's key
    kind         NVARCHAR(16)  COLLATE Latin1_General_BIN2 NOT NULL
                 CONSTRAINT ck_answer_kind CHECK (kind IN (N'number', N'choice', N'text', N'recording', N'skipped')), -- what kind of answer
    num          INT           NULL,                                    -- the number of a 'number'
    text         NVARCHAR(MAX) COLLATE Latin1_General_BIN2 NULL,        -- choice key, words, or reference
    at           BIGINT        NOT NULL,                                -- when it was received
    CONSTRAINT pk_answer PRIMARY KEY (response_id, question_no),
    CONSTRAINT ck_answer_num CHECK ((kind = N'number' AND num IS NOT NULL) OR (kind <> N'number' AND num IS NULL)),
    CONSTRAINT ck_answer_text CHECK ((kind IN (N'choice', N'text', N'recording') AND text IS NOT NULL)
                                     OR (kind IN (N'number', N'skipped') AND text IS NULL))
);

CREATE TABLE api_key (
    id           BINARY(16)    NOT NULL CONSTRAINT pk_api_key PRIMARY KEY, -- its id
    name         NVARCHAR(400) COLLATE Latin1_General_BIN2 NOT NULL,    -- its name, unique among keys not revoked
    hash         BINARY(32)    NOT NULL CONSTRAINT uq_api_key_hash UNIQUE, -- SHA-256 of the secret
    scopes       NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL,    -- what it may do: words separated by commas
    created_at   BIGINT        NOT NULL,                                -- when it was made
    last_used_at BIGINT        NULL,                                    -- when it was last used
    revoked_at   BIGINT        NULL                                     -- when it was revoked; NULL: valid
);

CREATE UNIQUE INDEX api_key_by_name ON api_key (name) WHERE revoked_at IS NULL;

CREATE TABLE catalog_stamp (
    id    INT    NOT NULL CONSTRAINT pk_catalog_stamp PRIMARY KEY CONSTRAINT ck_catalog_stamp_id CHECK (id = 1), -- one row only
    stamp BIGINT NOT NULL                                               -- rises with each change of services, surveys, versions, activations, keys
);

CREATE TABLE probe (
    id INT    NOT NULL CONSTRAINT pk_probe PRIMARY KEY CONSTRAINT ck_probe_id CHECK (id = 1), -- one row only
    at BIGINT NOT NULL                                                  -- when a write was last tried
);

INSERT INTO catalog_stamp (id, stamp) VALUES (1, 1);
INSERT INTO probe (id, at) VALUES (1, 0);

-- The services that stand in when a contact's own has no active survey. Their ids are the same in every database.
INSERT INTO service (id, name, name_key, channel, dn)
VALUES (0x00000000000070008000000000000001, N'All', N'all', N'voice', NULL),
       (0x00000000000070008000000000000002, N'All-Web', N'all-web', N'chat', NULL);
