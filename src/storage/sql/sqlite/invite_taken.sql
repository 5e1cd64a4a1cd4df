-- Whether another ask has this reference.
SELECT COUNT(*) FROM invite WHERE reference = @P1 AND id <> @P2
