-- Deletes a saved view of an account.
DELETE FROM saved_view WHERE id = @P1 AND account_id = @P2
