-- Makes a survey the first active one on a service.
INSERT INTO activation (service_id, survey_id, paused, changed_at) VALUES (@P1, @P2, 0, @P3)
