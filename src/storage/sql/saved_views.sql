-- The saved views of an account by page and name.
SELECT id, account_id, page, name, query, created_at FROM saved_view WHERE account_id = @P1 ORDER BY page, name
