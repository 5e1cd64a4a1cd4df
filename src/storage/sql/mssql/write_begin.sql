-- What callers did, as one transaction in one round trip. All of it may be repeated: rows have their own ids, changes the
-- keys of their writes. Where a statement says `(rows)`, rows of parameters stand; there are as many as the next power of
-- two, so that the server sees few different texts, and those left over have an id without bytes. There is no NULL among
-- them: an empty text stands for none. Ids are cast to the type of their columns, so that no server has to convert those.
BEGIN TRANSACTION
