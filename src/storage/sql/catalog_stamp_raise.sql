-- Tells every node that the catalog is another: the stamp is at least this from now on.
UPDATE catalog_stamp SET stamp = @P1 WHERE id = 1 AND stamp < @P1
