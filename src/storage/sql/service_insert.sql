-- Adds a service; the unique keys refuse a name or number that is taken. An empty number is none.
INSERT INTO service (id, name, name_key, channel, dn) VALUES (@P1, @P2, @P3, @P4, NULLIF(@P5, ''))
