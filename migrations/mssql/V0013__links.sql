-- Links by which customers come to their survey page.

CREATE TABLE response_link (
    hash        BINARY(32) NOT NULL CONSTRAINT pk_response_link PRIMARY KEY, -- SHA-256 of the token in the link
    response_id BINARY(16) NOT NULL CONSTRAINT fk_response_link_response REFERENCES response (id) ON DELETE CASCADE, -- the response it leads to; it goes with it, whoever deletes that
    created_at  BIGINT     NOT NULL,                                         -- when it was made, in milliseconds since 1970
    expires_at  BIGINT     NOT NULL                                          -- until when it works
);

CREATE INDEX response_link_by_response ON response_link (response_id, expires_at);
CREATE INDEX response_link_by_end ON response_link (expires_at);
