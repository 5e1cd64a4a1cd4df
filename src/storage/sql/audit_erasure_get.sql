-- What an erasure found.
SELECT state_after FROM audit WHERE id = @P1
