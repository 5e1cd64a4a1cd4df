-- Figures of times that are over, counted ahead, so that reports over months need not count every answer again.

CREATE TABLE rollup_period (
    starts_at   INTEGER NOT NULL PRIMARY KEY, -- when it begins, in milliseconds since 1970; periods do not overlap
    ends_at     INTEGER NOT NULL,             -- the first moment after it
    zone        TEXT    NOT NULL,             -- the time zone whose days and hours it is one of
    made_at     INTEGER NOT NULL,             -- when it was planned, by this database's clock
    seq         INTEGER NOT NULL,             -- rises with every change of a response that was offered in it
    counted_seq INTEGER                       -- what seq was when it was counted; another value or NULL: its figures do not hold
) STRICT;

CREATE TABLE rollup_group (
    starts_at  INTEGER NOT NULL, -- the period
    no         INTEGER NOT NULL, -- its number within the period
    survey_id  BLOB    NOT NULL CHECK (length(survey_id) = 16),  -- what all its responses have in common: the survey,
    service_id BLOB    NOT NULL CHECK (length(service_id) = 16), -- the service,
    channel    TEXT    NOT NULL, -- the channel of the answers,
    language   TEXT    NOT NULL, -- the language asked in,
    agent_id   TEXT,             -- the agent,
    team       TEXT,             -- the agent's team,
    queue      TEXT,             -- and the queue
    hour_at    INTEGER,          -- when the first quarter of an hour begins that it is of: all agents together, of one hour of the day; NULL: of all its hours
    agent_name TEXT,             -- the agent's newest name within the period
    named_at   INTEGER,          -- when the agent was last called so
    counts     TEXT    NOT NULL, -- how many responses are in each state, how often each value was given: JSON
    PRIMARY KEY (starts_at, no)
) STRICT, WITHOUT ROWID;

-- Whatever changes a response, its period's figures no longer hold from the same transaction on.
CREATE TRIGGER rollup_response_insert AFTER INSERT ON response
BEGIN
    UPDATE rollup_period SET seq = seq + 1
    WHERE starts_at = (SELECT MAX(p.starts_at) FROM rollup_period p WHERE p.starts_at <= NEW.offered_at)
      AND ends_at > NEW.offered_at;
END;

CREATE TRIGGER rollup_response_update AFTER UPDATE ON response
BEGIN
    UPDATE rollup_period SET seq = seq + 1
    WHERE starts_at = (SELECT MAX(p.starts_at) FROM rollup_period p WHERE p.starts_at <= NEW.offered_at)
      AND ends_at > NEW.offered_at;
END;

CREATE TRIGGER rollup_response_delete AFTER DELETE ON response
BEGIN
    UPDATE rollup_period SET seq = seq + 1
    WHERE starts_at = (SELECT MAX(p.starts_at) FROM rollup_period p WHERE p.starts_at <= OLD.offered_at)
      AND ends_at > OLD.offered_at;
END;
