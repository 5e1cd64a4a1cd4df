-- What callers did, as one transaction in one round trip. All of it may be repeated: rows have their own ids, changes the
-- keys of their writes. Rows of parameters follow behind each `VALUES`; there are as many as the next power of two, so
-- that the server sees few different texts, and those left over have an id without bytes. Texts in
-- them are only assigned, or compared with words of ours: the database's collation may be any.
BEGIN TRANSACTION
