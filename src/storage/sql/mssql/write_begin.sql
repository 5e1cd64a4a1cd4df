-- What callers did, as one transaction in one round trip. All of it may be repeated: rows have their own ids, changes the
-- keys of their writes. Where a statement says `(rows)`, a table of the rows that came stands, taken out of parameters;
-- `(count)` is how many there are, and `(length)` is 0 when there are none.
BEGIN TRANSACTION
