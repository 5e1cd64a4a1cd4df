-- Adds a service; the unique keys refuse a name or number that is taken.
INSERT INTO service (id, name, name_key, channel, dn) VALUES (@P1, @P2, @P3, @P4, @P5)
