-- Whether a link was made.
SELECT COUNT(*) FROM response_link WHERE hash = @P1
