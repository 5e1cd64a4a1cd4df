-- Links by which customers come to their survey page.

CREATE TABLE response_link (
    hash        BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),       -- SHA-256 of the token in the link
    response_id BLOB    NOT NULL REFERENCES response (id) ON DELETE CASCADE,  -- the response it leads to; it goes with it, whoever deletes that
    created_at  INTEGER NOT NULL,                                             -- when it was made, in milliseconds since 1970
    expires_at  INTEGER NOT NULL                                              -- until when it works
) STRICT, WITHOUT ROWID;

CREATE INDEX response_link_by_response ON response_link (response_id, expires_at);
CREATE INDEX response_link_by_end ON response_link (expires_at);
