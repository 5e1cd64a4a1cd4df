-- Prompts (what callers hear) and recordings (what they said). Audio stands in tables of its own, so that no list reads it.

CREATE TABLE prompt (
    id            BINARY(16)    NOT NULL CONSTRAINT pk_prompt PRIMARY KEY, -- its id; other audio is another row with another id
    name          NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL,    -- its name, such as support.csat or number.5
    language      NVARCHAR(64)  COLLATE Latin1_General_BIN2 NOT NULL,    -- its language (BCP 47 in small letters)
    source        NVARCHAR(500) COLLATE Latin1_General_BIN2 NOT NULL,    -- where the audio came from: a file's name, or a synthesizer
    source_sha256 BINARY(32)    NOT NULL,                                -- SHA-256 of the file it was made from
    source_format NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL,    -- what that file was, in words for people
    duration_ms   BIGINT        NOT NULL CONSTRAINT ck_prompt_duration CHECK (duration_ms >= 0), -- how long it takes to say, in milliseconds
    stored_at     BIGINT        NOT NULL,                                -- when it was stored
    replaced_at   BIGINT        NULL                                     -- when it was replaced or removed; NULL: it is what is played
);

CREATE UNIQUE INDEX prompt_by_name ON prompt (name, language) WHERE replaced_at IS NULL;
-- For deleting what was replaced long ago.
CREATE INDEX prompt_replaced ON prompt (replaced_at) WHERE replaced_at IS NOT NULL;

CREATE TABLE prompt_audio (
    prompt_id BINARY(16)     NOT NULL CONSTRAINT fk_prompt_audio_prompt REFERENCES prompt (id) ON DELETE CASCADE, -- the prompt
    form      NVARCHAR(16)   COLLATE Latin1_General_BIN2 NOT NULL
              CONSTRAINT ck_prompt_audio_form CHECK (form IN (N'ulaw', N'alaw', N'pcm')), -- G.711 at 8 kHz for phones, linear at 16 kHz for browsers
    audio     VARBINARY(MAX) NOT NULL,                                   -- a whole WAV file
    CONSTRAINT pk_prompt_audio PRIMARY KEY (prompt_id, form)
);

CREATE TABLE recording (
    id          BINARY(16) NOT NULL CONSTRAINT pk_recording PRIMARY KEY, -- made of the response, the question and the audio
    response_id BINARY(16) NOT NULL CONSTRAINT fk_recording_response REFERENCES response (id) ON DELETE CASCADE, -- the response; it goes with it, whoever deletes that
    question_no INT        NOT NULL,                                     -- position of the question in its version, from 0
    survey_id   BINARY(16) NOT NULL CONSTRAINT fk_recording_survey REFERENCES survey (id), -- the survey, whose retention holds
    at          BIGINT     NOT NULL,                                     -- when it was received
    duration_ms BIGINT     NOT NULL CONSTRAINT ck_recording_duration CHECK (duration_ms >= 0), -- how long it takes to play, in milliseconds
    has_audio   BIT        NOT NULL                                      -- 0: its retention is over, the audio is deleted
);

CREATE UNIQUE INDEX recording_by_question ON recording (response_id, question_no);
-- For deleting the audio of those past their retention.
CREATE INDEX recording_by_survey ON recording (survey_id, at) WHERE has_audio = 1;

CREATE TABLE recording_audio (
    recording_id BINARY(16)     NOT NULL CONSTRAINT pk_recording_audio PRIMARY KEY
                 CONSTRAINT fk_recording_audio_recording REFERENCES recording (id) ON DELETE CASCADE, -- the recording
    audio        VARBINARY(MAX) NOT NULL                                 -- a whole WAV file, G.711, 8 kHz, mono
);
