-- Reports that people have sent by mail, and what became of each.

CREATE TABLE report_mail (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16), -- its id
    account_id BLOB    NOT NULL REFERENCES account (id),             -- whose it is: its figures are those that this person may see
    survey     TEXT    NOT NULL,                                     -- the survey's key; empty: all surveys
    breakdown  TEXT    NOT NULL,                                     -- what figures are broken down by: day, agent, team …
    rhythm     TEXT    NOT NULL,                                     -- how often: day, week, month
    at_hour    INTEGER NOT NULL CHECK (at_hour BETWEEN 0 AND 23),    -- at which hour it is sent, in the site's zone
    recipients TEXT    NOT NULL,                                     -- to whom: a JSON list of addresses
    attachment TEXT    NOT NULL,                                     -- the file that comes with it: csv, xlsx
    created_at INTEGER NOT NULL,                                     -- when it was set up, in milliseconds since 1970
    changed_at INTEGER NOT NULL                                      -- since when it is as it is: what was due before is not sent
) STRICT;

CREATE INDEX report_mail_by_account ON report_mail (account_id);

-- One row for each report that is to be sent: whoever adds it sends it, and nobody else does.
CREATE TABLE report_mail_sending (
    mail_id    BLOB    NOT NULL REFERENCES report_mail (id),               -- of which
    first_day  TEXT    NOT NULL,                                           -- its first day, such as 2026-11-23
    last_day   TEXT    NOT NULL,                                           -- its last day
    claim_id   BLOB    NOT NULL CHECK (length(claim_id) = 16),             -- the try that has it or had it last
    state      TEXT    NOT NULL,                                           -- sending, sent, waiting, failed, skipped, unknown
    attempt    INTEGER NOT NULL CHECK (attempt >= 0),                      -- how often it was tried
    due_at     INTEGER NOT NULL,                                           -- when it was due, in milliseconds since 1970
    claimed_at INTEGER NOT NULL,                                           -- when its last try began
    next_at    INTEGER NOT NULL,                                           -- waiting: when it is tried again
    cause      TEXT    NOT NULL,                                           -- why it was not sent, or not to whom; empty: nothing to tell
    PRIMARY KEY (mail_id, first_day, last_day)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX report_mail_sending_by_claim ON report_mail_sending (claim_id);
