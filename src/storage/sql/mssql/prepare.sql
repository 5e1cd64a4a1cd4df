-- Has the server read a text once for this connection, as drivers with prepared statements do; its handle.
DECLARE @handle INT;
EXEC sp_prepare @handle OUTPUT, @P1, @P2;
SELECT @handle
