-- Deletes what is known of an invite beside its ask.
DELETE FROM invite WHERE id = @P1
