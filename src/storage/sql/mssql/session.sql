-- The settings of every session: what filtered indexes ask for, whatever the server's and the login's defaults are, and
-- that an error ends its transaction. Returns how many places a text takes for a character outside the basic plane.
SET ANSI_NULLS ON;
SET ANSI_PADDING ON;
SET ANSI_WARNINGS ON;
SET ARITHABORT ON;
SET CONCAT_NULL_YIELDS_NULL ON;
SET QUOTED_IDENTIFIER ON;
SET NUMERIC_ROUNDABORT OFF;
SET XACT_ABORT ON;
SET NOCOUNT OFF;
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
SELECT LEN(N'😀')
