-- Questions that may have had a recording, and the recordings that came; without audio something else was answered.
DECLARE @recording TABLE (
    response_id VARBINARY(16) NOT NULL, question_no INT NOT NULL, id VARBINARY(16) NOT NULL, at BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL, audio VARBINARY(MAX) NOT NULL);
INSERT INTO @recording (response_id, question_no, id, at, duration_ms, audio)
VALUES
