-- How many rows the statement before touched.
SET @touched = @@ROWCOUNT
