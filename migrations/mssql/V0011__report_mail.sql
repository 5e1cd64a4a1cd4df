-- Reports that people have sent by mail, and what became of each.

CREATE TABLE report_mail (
    id         BINARY(16)     NOT NULL CONSTRAINT pk_report_mail PRIMARY KEY, -- its id
    account_id BINARY(16)     NOT NULL CONSTRAINT fk_report_mail_account REFERENCES account (id), -- whose it is: its figures are those that this person may see
    survey     NVARCHAR(200)  COLLATE Latin1_General_BIN2 NOT NULL,           -- the survey's key; empty: all surveys
    breakdown  NVARCHAR(20)   COLLATE Latin1_General_BIN2 NOT NULL,           -- what figures are broken down by: day, agent, team …
    rhythm     NVARCHAR(10)   COLLATE Latin1_General_BIN2 NOT NULL,           -- how often: day, week, month
    at_hour    INT            NOT NULL CONSTRAINT ck_report_mail_hour CHECK (at_hour BETWEEN 0 AND 23), -- at which hour it is sent, in the site's zone
    recipients NVARCHAR(4000) COLLATE Latin1_General_BIN2 NOT NULL,           -- to whom: a JSON list of addresses
    attachment NVARCHAR(10)   COLLATE Latin1_General_BIN2 NOT NULL,           -- the file that comes with it: csv, xlsx
    created_at BIGINT         NOT NULL,                                       -- when it was set up, in milliseconds since 1970
    changed_at BIGINT         NOT NULL                                        -- since when it is as it is: what was due before is not sent
);

CREATE INDEX report_mail_by_account ON report_mail (account_id);

-- One row for each report that is to be sent: whoever adds it sends it, and nobody else does.
CREATE TABLE report_mail_sending (
    mail_id    BINARY(16)     NOT NULL CONSTRAINT fk_report_mail_sending_mail REFERENCES report_mail (id), -- of which
    first_day  NVARCHAR(10)   COLLATE Latin1_General_BIN2 NOT NULL, -- its first day, such as 2026-11-23
    last_day   NVARCHAR(10)   COLLATE Latin1_General_BIN2 NOT NULL, -- its last day
    claim_id   BINARY(16)     NOT NULL,                             -- the try that has it or had it last
    state      NVARCHAR(10)   COLLATE Latin1_General_BIN2 NOT NULL, -- sending, sent, waiting, failed, skipped, unknown
    attempt    INT            NOT NULL CONSTRAINT ck_report_mail_sending_attempt CHECK (attempt >= 0), -- how often it was tried
    due_at     BIGINT         NOT NULL,                             -- when it was due, in milliseconds since 1970
    claimed_at BIGINT         NOT NULL,                             -- when its last try began
    next_at    BIGINT         NOT NULL,                             -- waiting: when it is tried again
    cause      NVARCHAR(1000) COLLATE Latin1_General_BIN2 NOT NULL, -- why it was not sent, or not to whom; empty: nothing to tell
    CONSTRAINT pk_report_mail_sending PRIMARY KEY (mail_id, first_day, last_day)
);

CREATE UNIQUE INDEX report_mail_sending_by_claim ON report_mail_sending (claim_id);
