//! Leases in `SQLite`: between all servers that open one file.

use std::time::Duration;

use rusqlite::ToSql;

use super::SqliteStorage;
use super::connect::{all, run};
use super::fault::Failure;
use super::statements as sql;
use crate::domain::lease::{Fence, LeaseHolder, LeaseMark, LeaseRole};
use crate::storage::columns::{Columns, lease_of, ttl_column};
use crate::storage::{LeaseRow, LeaseStore, StorageErrorKind, StoreFuture};

impl LeaseStore for SqliteStorage {
    fn lease(&self, role: LeaseRole) -> StoreFuture<'_, LeaseRow> {
        self.read("cannot read the lease", move |conn| {
            let rows = all(conn, sql::LEASES, &[], Columns::lease)?;
            lease_of(role, rows).map_err(|what| Failure::Own(StorageErrorKind::Corrupt, what))
        })
    }

    fn leases(&self) -> StoreFuture<'_, Vec<LeaseRow>> {
        self.read("cannot read the leases", |conn| {
            Ok(all(conn, sql::LEASES, &[], Columns::lease)?.into_iter().flatten().collect())
        })
    }

    fn acquire_lease(
        &self,
        role: LeaseRole,
        holder: LeaseHolder,
        found: LeaseMark,
        ttl: Duration,
        heir: bool,
    ) -> StoreFuture<'_, Option<i64>> {
        self.write("cannot take the lease", move |conn| {
            let values: [&dyn ToSql; 8] = [
                &role.as_str(),
                &found.epoch,
                &found.seq,
                &holder.name,
                holder.node.as_bytes(),
                holder.life.as_bytes(),
                &ttl_column(ttl),
                &heir,
            ];
            Ok((run(conn, sql::LEASE_ACQUIRE, &values)? > 0).then_some(found.epoch + 1))
        })
    }

    fn renew_lease(&self, fence: Fence, holder: LeaseHolder, ttl: Duration) -> StoreFuture<'_, bool> {
        self.write("cannot renew the lease", move |conn| {
            let (node, life) = (holder.node.as_bytes(), holder.life.as_bytes());
            let values: [&dyn ToSql; 5] = [&fence.role.as_str(), &fence.epoch, node, life, &ttl_column(ttl)];
            Ok(run(conn, sql::LEASE_RENEW, &values)? > 0)
        })
    }

    fn release_lease(&self, fence: Fence) -> StoreFuture<'_, bool> {
        self.write("cannot release the lease", move |conn| {
            Ok(run(conn, sql::LEASE_RELEASE, &[&fence.role.as_str(), &fence.epoch])? > 0)
        })
    }
}
