-- The number that rises with every change of the catalog or the keys.
SELECT stamp FROM catalog_stamp WHERE id = 1
