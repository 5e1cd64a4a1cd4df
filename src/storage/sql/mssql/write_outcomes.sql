-- The changes that are stored, by this batch or by the same write before it.
SELECT r.id FROM @change w JOIN response r ON r.id = w.id AND r.write_id = w.write_id
