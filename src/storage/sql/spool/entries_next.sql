-- The entries that come first, after one already at hand.
SELECT n, kind, body FROM entry WHERE n > @P1 ORDER BY n LIMIT @P2
