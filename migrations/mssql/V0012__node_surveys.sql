-- By which surveys each node asks, so that who pauses one sees when every node has heard of it.

ALTER TABLE node ADD catalog_stamp BIGINT NULL; -- the stamp of the surveys it read last; NULL: it has read none, or does not say
