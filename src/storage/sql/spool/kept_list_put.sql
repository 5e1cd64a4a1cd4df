-- Keeps a list.
INSERT INTO kept_list (name, stamp, body) VALUES (@P1, @P2, @P3)
ON CONFLICT (name) DO UPDATE SET stamp = excluded.stamp, body = excluded.body
