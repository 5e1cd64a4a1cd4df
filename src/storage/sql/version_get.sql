-- One published version.
SELECT id, survey_id, number, document, published_at FROM version WHERE id = @P1
