-- Keeps an entry that the database does not take.
INSERT OR IGNORE INTO stranded (n, response_id, kind, at, body, why)
SELECT n, response_id, kind, at, body, @P2 FROM entry WHERE n = @P1
