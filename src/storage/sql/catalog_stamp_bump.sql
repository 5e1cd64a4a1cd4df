-- Tells every node that the catalog or the keys changed.
UPDATE catalog_stamp SET stamp = stamp + 1 WHERE id = 1
