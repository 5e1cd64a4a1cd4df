-- Prompts (what callers hear) and recordings (what they said). Audio stands in tables of its own, so that no list reads it.

CREATE TABLE prompt (
    id            BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),     -- its id; other audio is another row with another id
    name          TEXT NOT NULL,                                         -- its name, such as support.csat or number.5
    language      TEXT NOT NULL,                                         -- its language (BCP 47 in small letters)
    source        TEXT NOT NULL,                                         -- where the audio came from: a file's name, or a synthesizer
    source_sha256 BLOB NOT NULL CHECK (length(source_sha256) = 32),      -- SHA-256 of the file it was made from
    source_format TEXT NOT NULL,                                         -- what that file was, in words for people
    duration_ms   INTEGER NOT NULL CHECK (duration_ms >= 0),             -- how long it takes to say, in milliseconds
    stored_at     INTEGER NOT NULL,                                      -- when it was stored
    replaced_at   INTEGER                                                -- when it was replaced or removed; NULL: it is what is played
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX prompt_by_name ON prompt (name, language) WHERE replaced_at IS NULL;
-- For deleting what was replaced long ago.
CREATE INDEX prompt_replaced ON prompt (replaced_at) WHERE replaced_at IS NOT NULL;

CREATE TABLE prompt_audio (
    prompt_id BLOB NOT NULL REFERENCES prompt (id) ON DELETE CASCADE, -- the prompt
    form      TEXT NOT NULL CHECK (form IN ('ulaw', 'alaw', 'pcm')),  -- G.711 at 8 kHz for phones, linear at 16 kHz for browsers
    audio     BLOB NOT NULL,                                          -- a whole WAV file
    PRIMARY KEY (prompt_id, form)
) STRICT;

CREATE TABLE recording (
    id          BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),                -- made of the response, the question and the audio
    response_id BLOB NOT NULL REFERENCES response (id) ON DELETE CASCADE,         -- the response; it goes with it, whoever deletes that
    question_no INTEGER NOT NULL,                                                 -- position of the question in its version, from 0
    survey_id   BLOB NOT NULL REFERENCES survey (id),                             -- the survey, whose retention holds
    at          INTEGER NOT NULL,                                                 -- when it was received
    duration_ms INTEGER NOT NULL CHECK (duration_ms >= 0),                        -- how long it takes to play, in milliseconds
    has_audio   INTEGER NOT NULL CHECK (has_audio IN (0, 1))                      -- 0: its retention is over, the audio is deleted
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX recording_by_question ON recording (response_id, question_no);
-- For deleting the audio of those past their retention.
CREATE INDEX recording_by_survey ON recording (survey_id, at) WHERE has_audio = 1;

CREATE TABLE recording_audio (
    recording_id BLOB NOT NULL PRIMARY KEY REFERENCES recording (id) ON DELETE CASCADE, -- the recording
    audio        BLOB NOT NULL                                                          -- a whole WAV file, G.711, 8 kHz, mono
) STRICT;
