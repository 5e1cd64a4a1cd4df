-- Drafts that several people edit, the teams a supervisor sees, second factors, saved views, and finding responses.

ALTER TABLE survey ADD revision INT NOT NULL CONSTRAINT df_survey_revision DEFAULT 1; -- rises with every save of the draft: whoever saves names the one that was read
ALTER TABLE survey ADD saved_by NVARCHAR(400) COLLATE Latin1_General_BIN2 NOT NULL CONSTRAINT df_survey_saved_by DEFAULT N''; -- who saved the draft last; empty: not known

ALTER TABLE account ADD teams NVARCHAR(MAX) COLLATE Latin1_General_BIN2 NOT NULL CONSTRAINT df_account_teams DEFAULT N'[]'; -- the teams whose results a supervisor sees: a JSON list of names
ALTER TABLE account ADD totp_secret NVARCHAR(100) COLLATE Latin1_General_BIN2 NULL; -- the secret of the second factor (base32); NULL: there is none
ALTER TABLE account ADD totp_step BIGINT NOT NULL CONSTRAINT df_account_totp_step DEFAULT 0; -- the time step of the last code that was accepted: each is good once

CREATE TABLE saved_view (
    id         BINARY(16)     NOT NULL CONSTRAINT pk_saved_view PRIMARY KEY, -- its id
    account_id BINARY(16)     NOT NULL CONSTRAINT fk_saved_view_account REFERENCES account (id), -- whose it is
    page       NVARCHAR(20)   COLLATE Latin1_General_BIN2 NOT NULL,          -- the page it is of: responses, reports
    name       NVARCHAR(200)  COLLATE Latin1_General_BIN2 NOT NULL,          -- what its person calls it
    query      NVARCHAR(4000) COLLATE Latin1_General_BIN2 NOT NULL,          -- the filters, as they stand in the page's address
    created_at BIGINT         NOT NULL,                                      -- when it was saved, in milliseconds since 1970
    CONSTRAINT uq_saved_view UNIQUE (account_id, page, name)
);

-- For lists of responses over all surveys.
CREATE INDEX response_by_time ON response (offered_at, id);
