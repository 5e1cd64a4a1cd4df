-- Ties an account to a person of a provider; constraints refuse a second one for either.
INSERT INTO account_identity (account_id, hash, issuer, subject, bound_at) VALUES (@P1, @P2, @P3, @P4, @P5)
