-- Who signs in by a provider of single sign-on (OpenID Connect): which of its people an account belongs to.

CREATE TABLE account_identity (
    account_id BINARY(16)    NOT NULL CONSTRAINT pk_account_identity PRIMARY KEY CONSTRAINT fk_account_identity_account REFERENCES account (id), -- whose it is; an account has one at most
    hash       BINARY(32)    NOT NULL CONSTRAINT uq_account_identity_hash UNIQUE, -- SHA-256 of issuer and subject: a person of a provider has one account at most
    issuer     NVARCHAR(400) COLLATE Latin1_General_BIN2 NOT NULL,                -- the provider, as it calls itself
    subject    NVARCHAR(400) COLLATE Latin1_General_BIN2 NOT NULL,                -- the person, as the provider calls that one for good
    bound_at   BIGINT        NOT NULL                                             -- when it was tied to the account, in milliseconds since 1970
);
