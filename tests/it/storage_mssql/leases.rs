//! Leases on a connection of their own, and a takeover that meets a write.

use std::time::Duration;

use aftercall::domain::lease::{Fence, LeaseRole};
use aftercall::domain::response::ResponseState;
use aftercall::storage::mssql::MssqlSettings;
use aftercall::storage::{CatalogStore, LeaseStore, ResponseStore, StorageErrorKind};
use futures_util::future::join_all;
use tokio::time::timeout;

use super::{open, through};
use crate::storage_contract::{Ground, block_on, lead, life_of_a_node, minute, start};
use crate::support::ado::send;
use crate::support::mssql::{TestDatabase, connect};
use crate::support::proxy::Proxy;
use crate::support::until_then;

const HOUR: Duration = Duration::from_hours(1);
/// Long enough for what does not wait for a lock.
const A_WHILE: Duration = Duration::from_secs(1);

#[test]
fn a_lease_is_renewed_while_every_other_connection_waits() {
    let Some(database) = TestDatabase::empty("storage_mssql: a lease of a busy node") else { return };
    let storage = open(&MssqlSettings { connections_max: 2, ..database.settings.clone() }).unwrap();
    block_on(async {
        let ground = Ground::with_survey(&*storage, "csat").await;
        storage.activate(ground.service, ground.survey, start(), None).await.unwrap();
        let holder = life_of_a_node("node-1");
        let (role, found) = (LeaseRole::Janitor, storage.lease(LeaseRole::Janitor).await.unwrap().view.mark);
        let epoch = storage.acquire_lease(role, holder.clone(), found, HOUR, false).await.unwrap().unwrap();
        let fence = Fence { role, epoch };
        let mut other = connect(&database.settings).await;
        for text in ["BEGIN TRANSACTION", "UPDATE activation SET changed_at = changed_at"] {
            send(&mut other, text).await.unwrap();
        }
        let stuck = join_all((0..3).map(|_| storage.set_paused(ground.service, true, minute(1), None)));
        let meanwhile = async {
            until_then("no connection is left", async || timeout(A_WHILE, storage.services()).await.is_err())
                .await;
            for _ in 0..3 {
                assert!(storage.renew_lease(fence, holder.clone(), HOUR).await.unwrap());
            }
            let left = timeout(A_WHILE, storage.services()).await;
            assert!(left.is_err(), "there was a connection for everybody");
            send(&mut other, "COMMIT TRANSACTION").await.unwrap();
        };
        let (stuck, ()) = futures_util::join!(stuck, meanwhile);
        assert!(stuck.into_iter().all(|paused| paused.unwrap()));
    });
}

#[test]
fn a_statement_about_a_lease_that_broke_off_is_told_and_not_asked_again() {
    let Some(database) = TestDatabase::empty("storage_mssql: a lease on a line that breaks") else { return };
    let proxy = Proxy::to(database.address());
    let storage = open(&through(&database, proxy.port())).unwrap();
    block_on(async {
        let (role, holder) = (LeaseRole::Janitor, life_of_a_node("node-1"));
        let found = storage.lease(role).await.unwrap().view.mark;
        let acquire = || storage.acquire_lease(role, holder.clone(), found, HOUR, false);
        proxy.reset_statements(1);
        let error = acquire().await.unwrap_err();
        assert!(proxy.is_spent());
        assert_eq!(error.kind, StorageErrorKind::Unavailable, "{error}");
        let stands = storage.lease(role).await.unwrap().view;
        assert_eq!((stands.holder, stands.mark), (None, found), "nobody knows who has it");
        assert_eq!(acquire().await.unwrap(), Some(found.epoch + 1));
    });
}

#[test]
fn a_write_that_meets_a_takeover_touches_nothing_unless_that_is_undone() {
    let Some(database) = TestDatabase::empty("storage_mssql: a write and a takeover") else { return };
    let storage = database.open();
    block_on(async {
        let ground = Ground::with_survey(&*storage, "csat").await;
        let fence = lead(&*storage).await;
        let idle = ground.offer(start());
        storage.insert_offer(idle.clone()).await.unwrap();
        let state = async || storage.response(idle.id).await.unwrap().unwrap().state;
        let mut other = connect(&database.settings).await;
        for (end, closed, comes_to) in [
            ("COMMIT TRANSACTION", 0, ResponseState::Offered),
            ("ROLLBACK TRANSACTION", 1, ResponseState::Expired),
        ] {
            let epoch = if closed == 0 { fence.epoch } else { fence.epoch + 1 };
            let fence = Fence { epoch, ..fence };
            for text in ["BEGIN TRANSACTION", "UPDATE lease SET epoch = lease.epoch + 1"] {
                send(&mut other, text).await.unwrap();
            }
            let mut write = storage.close_idle(fence, minute(1), minute(2), 9);
            let met = timeout(A_WHILE, &mut write).await;
            assert!(met.is_err(), "it did not wait for the takeover to be done or undone: {met:?}");
            send(&mut other, end).await.unwrap();
            assert_eq!(write.await.unwrap(), closed, "{end}");
            assert_eq!(state().await, comes_to, "{end}");
        }
    });
}
