-- Whether an ask is stored.
SELECT COUNT(*) FROM offer WHERE id = @P1
