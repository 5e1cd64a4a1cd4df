-- Whether this very write is the last that changed the response.
SELECT COUNT(*) FROM response WHERE id = @P1 AND write_id = @P2
