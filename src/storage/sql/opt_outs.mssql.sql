-- Who wants no messages, the newest first; only one number where given.
SELECT TOP (@P1) number, at, source FROM opt_out
WHERE at < @P2 AND (@P3 = N'' OR number = @P3)
ORDER BY at DESC, number
