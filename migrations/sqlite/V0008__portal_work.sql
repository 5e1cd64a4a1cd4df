-- Drafts that several people edit, the teams a supervisor sees, second factors, saved views, and finding responses.

ALTER TABLE survey ADD COLUMN revision INTEGER NOT NULL DEFAULT 1; -- rises with every save of the draft: whoever saves names the one that was read
ALTER TABLE survey ADD COLUMN saved_by TEXT NOT NULL DEFAULT '';   -- who saved the draft last; empty: not known

ALTER TABLE account ADD COLUMN teams TEXT NOT NULL DEFAULT '[]';        -- the teams whose results a supervisor sees: a JSON list of names
ALTER TABLE account ADD COLUMN totp_secret TEXT;                        -- the secret of the second factor (base32); NULL: there is none
ALTER TABLE account ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0;    -- the time step of the last code that was accepted: each is good once

CREATE TABLE saved_view (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16), -- its id
    account_id BLOB    NOT NULL REFERENCES account (id),             -- whose it is
    page       TEXT    NOT NULL,                                     -- the page it is of: responses, reports
    name       TEXT    NOT NULL,                                     -- what its person calls it
    query      TEXT    NOT NULL,                                     -- the filters, as they stand in the page's address
    created_at INTEGER NOT NULL,                                     -- when it was saved, in milliseconds since 1970
    UNIQUE (account_id, page, name)
) STRICT;

-- For lists of responses over all surveys.
CREATE INDEX response_by_time ON response (offered_at, id);
