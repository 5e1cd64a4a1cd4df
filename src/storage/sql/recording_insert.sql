-- Stores what is known of a recording; its audio follows.
INSERT INTO recording (id, response_id, question_no, survey_id, at, duration_ms, has_audio)
SELECT @P1, r.id, @P3, r.survey_id, @P4, @P5, 1 FROM response r WHERE r.id = @P2
