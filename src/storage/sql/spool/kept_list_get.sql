-- A list as it was last read.
SELECT stamp, body FROM kept_list WHERE name = @P1
