-- Replaces the survey active on a service.
UPDATE activation SET survey_id = @P2, paused = 0, changed_at = @P3 WHERE service_id = @P1
