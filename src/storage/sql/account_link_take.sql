-- Takes a link that works now away from whoever would use it as well: of two at once one finds it gone.
DELETE FROM account_link
WHERE hash = @P1 AND account_id = @P2 AND expires_at > @P3
  AND EXISTS (SELECT 1 FROM account a WHERE a.id = @P2 AND a.locked_at IS NULL)
