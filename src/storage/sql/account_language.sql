-- Sets the language of an account's pages; an empty text stands for the browser's.
UPDATE account SET language = NULLIF(@P2, '') WHERE id = @P1
