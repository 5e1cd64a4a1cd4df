-- Who signs in by a provider of single sign-on (OpenID Connect): which of its people an account belongs to.

CREATE TABLE account_identity (
    account_id BLOB    NOT NULL PRIMARY KEY CHECK (length(account_id) = 16) REFERENCES account (id), -- whose it is; an account has one at most
    hash       BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32), -- SHA-256 of issuer and subject: a person of a provider has one account at most
    issuer     TEXT    NOT NULL, -- the provider, as it calls itself
    subject    TEXT    NOT NULL, -- the person, as the provider calls that one for good
    bound_at   INTEGER NOT NULL  -- when it was tied to the account, in milliseconds since 1970
) STRICT;
