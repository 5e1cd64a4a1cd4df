-- Pauses or resumes what is active on a service.
UPDATE activation SET paused = @P2, changed_at = @P3 WHERE service_id = @P1
