-- Saves a view under a new name.
INSERT INTO saved_view (id, account_id, page, name, query, created_at) VALUES (@P1, @P2, @P3, @P4, @P5, @P6)
