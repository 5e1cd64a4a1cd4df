//! Leases in SQL Server, on a connection of their own: however busy the node is and whatever the pool waits for, a renewal
//! goes through. And the writes that one node at a time may do.
//!
//! A statement about a lease is asked once, and is a transaction by itself: nothing of it is left open when the line breaks
//! or the client is stopped. Who got no answer looks how the lease stands.

use std::time::Duration;

use tokio::sync::Mutex;

use super::fault::{Failure, Fault, Remedy};
use super::link::{Answers, Link};
use super::pool::abandoned;
use super::responses::{all, count};
use super::value::{Value, values};
use super::{Engine, MssqlStorage, Statement, statements as sql};
use crate::domain::lease::{Fence, LeaseHolder, LeaseMark, LeaseRole};
use crate::storage::columns::{Columns, lease_of, ttl_column};
use crate::storage::{LeaseRow, LeaseStore, StorageErrorKind, StoreFuture};

/// The connection for leases, once there is one.
#[derive(Default)]
pub(super) struct LeaseLine(Mutex<Option<Link>>);

/// What is asked of a lease.
#[derive(Clone, Copy)]
enum Asked {
    /// Its rows.
    Rows(&'static str),
    /// How many rows it touches.
    Touched(&'static str),
}

/// What came of it.
struct Answered {
    rows: Answers,
    touched: u64,
}

impl LeaseStore for MssqlStorage {
    fn lease(&self, role: LeaseRole) -> StoreFuture<'_, LeaseRow> {
        self.run("cannot read the lease", move |engine| async move {
            let answered = engine.lease(Asked::Rows(sql::LEASES), &[]).await?;
            let row = all(answered.rows, Columns::lease).and_then(|rows| {
                lease_of(role, rows).map_err(|what| Failure::Own(StorageErrorKind::Corrupt, what))
            });
            row.map_err(|failure| engine.fault(failure))
        })
    }

    fn leases(&self) -> StoreFuture<'_, Vec<LeaseRow>> {
        self.run("cannot read the leases", |engine| async move {
            let answered = engine.lease(Asked::Rows(sql::LEASES), &[]).await?;
            let rows = all(answered.rows, Columns::lease).map_err(|failure| engine.fault(failure))?;
            Ok(rows.into_iter().flatten().collect())
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
        let values = values![
            role.as_str(),
            found.epoch,
            found.seq,
            holder.name,
            holder.node.as_bytes(),
            holder.life.as_bytes(),
            ttl_column(ttl),
            heir,
        ];
        let took = self.changes_lease("cannot take the lease", sql::LEASE_ACQUIRE, values);
        Box::pin(async move { Ok(took.await?.then_some(found.epoch + 1)) })
    }

    fn renew_lease(&self, fence: Fence, holder: LeaseHolder, ttl: Duration) -> StoreFuture<'_, bool> {
        let (node, life) = (holder.node.as_bytes(), holder.life.as_bytes());
        let values = values![fence.role.as_str(), fence.epoch, node, life, ttl_column(ttl)];
        self.changes_lease("cannot renew the lease", sql::LEASE_RENEW, values)
    }

    fn release_lease(&self, fence: Fence) -> StoreFuture<'_, bool> {
        let values = values![fence.role.as_str(), fence.epoch];
        self.changes_lease("cannot release the lease", sql::LEASE_RELEASE, values)
    }
}

impl MssqlStorage {
    /// Whether a statement changed a lease.
    fn changes_lease(
        &self,
        doing: &'static str,
        sql: &'static str,
        values: Vec<Value>,
    ) -> StoreFuture<'_, bool> {
        self.run(doing, move |engine| async move {
            Ok(engine.lease(Asked::Touched(sql), &values).await?.touched > 0)
        })
    }

    /// A bounded write under a lease, with its own transaction; how many rows it touched. It may be repeated: what it did is
    /// not found again. The values of the fence go first.
    pub(super) fn fenced(
        &self,
        doing: &'static str,
        sql: &'static str,
        fence: Fence,
        more: Vec<Value>,
    ) -> StoreFuture<'_, u64> {
        let mut values = values![fence.role.as_str(), fence.epoch];
        values.extend(more);
        self.run(doing, move |engine| async move {
            let answers = engine.ask(Statement::Once(sql), &values, None).await?;
            count(answers).map_err(|failure| engine.fault(failure))
        })
    }
}

impl Engine {
    /// Asks once, as long as somebody waits for it: a lease that is taken after its taker gave up is nobody's.
    async fn lease(&self, asked: Asked, values: &[Value]) -> Result<Answered, Fault> {
        self.prepare().await?;
        let ready = async {
            let mut held = self.leases.0.lock().await;
            let link = match held.take().filter(|link| !link.is_broken() && !self.dialer.is_old(link)) {
                Some(link) => link,
                None => self.lease_link().await?,
            };
            Ok((held, link))
        };
        let (mut held, mut link) = tokio::select! {
            biased;
            () = abandoned() => {
                return Err(Fault::new(StorageErrorKind::Unavailable, "nobody waits for it any more"));
            }
            ready = ready => ready?,
        };
        let answered = match asked {
            Asked::Rows(sql) => link.ask(sql, values).await.map(|rows| Answered { rows, touched: 0 }),
            Asked::Touched(sql) => {
                link.run(sql, values).await.map(|touched| Answered { rows: Vec::new(), touched })
            }
        };
        match answered {
            Ok(answered) => {
                *held = Some(link);
                Ok(answered)
            }
            Err(failure) => {
                let fault = self.struck(&link, failure);
                if fault.remedy != Remedy::Reconnect {
                    *held = Some(link);
                }
                Err(fault)
            }
        }
    }

    /// A connection for leases. Who waits for a lock is told so before its own time is over.
    async fn lease_link(&self) -> Result<Link, Fault> {
        let mut link = self.dialer.connect().await?;
        let limit = self.dialer.settings.lease_timeout;
        link.set_limit(limit);
        let wait = limit.as_millis().saturating_mul(3) / 4;
        match link.batch(&format!("SET LOCK_TIMEOUT {wait}")).await {
            Ok(_) => Ok(link),
            Err(failure) => Err(self.struck(&link, failure)),
        }
    }
}
