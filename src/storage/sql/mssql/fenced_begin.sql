-- Begins a write under a lease: a transaction that the server ends by itself, whatever becomes of the client meanwhile.
DECLARE @touched BIGINT = 0;
BEGIN TRANSACTION
