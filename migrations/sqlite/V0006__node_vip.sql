-- Where each node stands with the virtual IP.

ALTER TABLE node ADD COLUMN vip TEXT NOT NULL DEFAULT ''; -- holds, standby, unfit or trouble; empty: it has no part in one, or does not say
