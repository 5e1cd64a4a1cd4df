-- Their answers. An empty text stands for none where the kind has none.
DECLARE @answer TABLE (
    response_id VARBINARY(16) NOT NULL, question_no INT NOT NULL, question_key NVARCHAR(200) NOT NULL,
    kind NVARCHAR(16) NOT NULL, num INT NULL, text NVARCHAR(MAX) NOT NULL, at BIGINT NOT NULL);
INSERT INTO @answer (response_id, question_no, question_key, kind, num, text, at)
VALUES
