//! The keeper of leases over a real database that takes its time.

use std::sync::Arc;
use std::time::Duration;

use aftercall::actors::lease_keeper::{LeaseKeeper, Leases};
use aftercall::domain::lease::{Fence, LeaseHolder, LeaseMark, LeaseRole};
use aftercall::foundation::{LeaseTiming, SystemChance, SystemClock};
use aftercall::storage::sqlite::{SqliteSettings, SqliteStorage};
use aftercall::storage::{LeaseRow, LeaseStore, StoreFuture};
use aftercall::supervise::{ChildSpec, Tree, TreeSettings};
use tokio::sync::Semaphore;

use crate::storage_contract::life_of_a_node;
use crate::support::until_then;

/// A database that has taken a lease for somebody before it says so.
struct Slow {
    storage: Arc<SqliteStorage>,
    taken: Semaphore,
    may_say_so: Semaphore,
}

impl LeaseStore for Slow {
    fn lease(&self, role: LeaseRole) -> StoreFuture<'_, LeaseRow> {
        self.storage.lease(role)
    }

    fn leases(&self) -> StoreFuture<'_, Vec<LeaseRow>> {
        self.storage.leases()
    }

    fn acquire_lease(
        &self,
        role: LeaseRole,
        holder: LeaseHolder,
        found: LeaseMark,
        ttl: Duration,
        heir: bool,
    ) -> StoreFuture<'_, Option<i64>> {
        Box::pin(async move {
            let epoch = self.storage.acquire_lease(role, holder, found, ttl, heir).await;
            self.taken.add_permits(1);
            drop(self.may_say_so.acquire().await);
            epoch
        })
    }

    fn renew_lease(&self, fence: Fence, holder: LeaseHolder, ttl: Duration) -> StoreFuture<'_, bool> {
        self.storage.renew_lease(fence, holder, ttl)
    }

    fn release_lease(&self, fence: Fence) -> StoreFuture<'_, bool> {
        self.storage.release_lease(fence)
    }
}

#[tokio::test]
async fn a_lease_that_is_being_taken_when_the_node_stops_is_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let settings = SqliteSettings::new(folder.path().join("aftercall.db"));
    let storage = SqliteStorage::open(&settings, Arc::new(SystemClock::new())).unwrap();
    let slow = Arc::new(Slow {
        storage: Arc::clone(&storage),
        taken: Semaphore::new(0),
        may_say_so: Semaphore::new(0),
    });
    let (store, me) = (Arc::clone(&slow) as Arc<dyn LeaseStore>, life_of_a_node("one"));
    let clock = Arc::new(SystemClock::new());
    let leases = Arc::new(Leases::new(store, clock.clone(), LeaseTiming::default(), &me, false));
    let mut tree = Tree::new(TreeSettings::default(), clock, Arc::new(SystemChance));
    tree.add(ChildSpec::new("lease_keeper", move || Ok(LeaseKeeper::new(Arc::clone(&leases))))).unwrap();
    let running = tree.start().await.unwrap();
    drop(slow.taken.acquire().await);
    let stop = async {
        let report = running.stop().await;
        assert!(!report.children[0].cut, "{report:?}");
    };
    let answer = async {
        until_then("the stop has begun", async || !running.board().ready() || running.board().degraded())
            .await;
        slow.may_say_so.add_permits(1);
    };
    futures_util::join!(stop, answer);
    let row = storage.lease(LeaseRole::Janitor).await.unwrap();
    assert_eq!((row.view.holder, row.view.mark.epoch), (None, 1), "taken and given back");
}
