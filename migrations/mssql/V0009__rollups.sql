-- Figures of times that are over, counted ahead, so that reports over months need not count every answer again.
-- Whatever changes a response raises its period's sequence number in the same transaction.

CREATE TABLE rollup_period (
    starts_at   BIGINT NOT NULL CONSTRAINT pk_rollup_period PRIMARY KEY, -- when it begins, in milliseconds since 1970; periods do not overlap
    ends_at     BIGINT NOT NULL,                                         -- the first moment after it
    zone        NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,       -- the time zone whose days and hours it is one of
    made_at     BIGINT NOT NULL,                                         -- when it was planned, by this database's clock
    seq         BIGINT NOT NULL,                                         -- rises with every change of a response that was offered in it
    counted_seq BIGINT NULL                                              -- what seq was when it was counted; another value or NULL: its figures do not hold
);

CREATE TABLE rollup_group (
    starts_at  BIGINT        NOT NULL,                                   -- the period
    no         INT           NOT NULL,                                   -- its number within the period
    survey_id  BINARY(16)    NOT NULL,                                   -- what all its responses have in common: the survey,
    service_id BINARY(16)    NOT NULL,                                   -- the service,
    channel    NVARCHAR(16)  COLLATE Latin1_General_BIN2 NOT NULL,       -- the channel of the answers,
    language   NVARCHAR(64)  COLLATE Latin1_General_BIN2 NOT NULL,       -- the language asked in,
    agent_id   NVARCHAR(100) COLLATE Latin1_General_BIN2 NULL,           -- the agent,
    team       NVARCHAR(200) COLLATE Latin1_General_BIN2 NULL,           -- the agent's team,
    queue      NVARCHAR(200) COLLATE Latin1_General_BIN2 NULL,           -- and the queue
    hour_at    BIGINT        NULL,                                       -- when the first quarter of an hour begins that it is of: all agents together, of one hour of the day; NULL: of all its hours
    agent_name NVARCHAR(200) COLLATE Latin1_General_BIN2 NULL,           -- the agent's newest name within the period
    named_at   BIGINT        NULL,                                       -- when the agent was last called so
    counts     NVARCHAR(MAX) COLLATE Latin1_General_BIN2 NOT NULL,       -- how many responses are in each state, how often each value was given: JSON
    CONSTRAINT pk_rollup_group PRIMARY KEY (starts_at, no)
);
