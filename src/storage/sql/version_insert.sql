-- Stores a version under the next number of its survey.
INSERT INTO version (id, survey_id, number, document, published_at)
SELECT @P1, @P2, COALESCE(MAX(number), 0) + 1, @P3, @P4 FROM version WHERE survey_id = @P2
