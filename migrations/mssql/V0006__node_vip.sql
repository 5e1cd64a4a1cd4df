-- Where each node stands with the virtual IP.

ALTER TABLE node ADD vip NVARCHAR(20) COLLATE Latin1_General_BIN2 NOT NULL CONSTRAINT df_node_vip DEFAULT ''; -- holds, standby, unfit or trouble; empty: it has no part in one, or does not say
