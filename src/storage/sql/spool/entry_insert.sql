-- Adds an entry at the end.
INSERT INTO entry (response_id, kind, seq, write_id, at, body) VALUES (@P1, @P2, @P3, @P4, @P5, @P6)
