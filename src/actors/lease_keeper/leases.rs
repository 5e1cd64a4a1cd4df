//! Where a node stands with each lease: asked by those who work under one, brought up to date by the keeper.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::domain::lease::{Fence, LeaseHolder, LeaseMove, LeaseRole, LeaseView, Tenure};
use crate::foundation::{Clock, LeaseTiming};
use crate::storage::{LeaseStore, StorageError};
use crate::telemetry::metric_names as names;

/// Questions in a row at most: a look, an acquisition, a renewal.
const IN_A_ROW: usize = 3;

/// All leases of a node.
pub struct Leases {
    store: Arc<dyn LeaseStore>,
    clock: Arc<dyn Clock>,
    timing: LeaseTiming,
    desks: Vec<(LeaseRole, Mutex<Desk>)>,
    /// The node is about to stop: nothing is taken any more.
    closing: AtomicBool,
    /// Held while something is asked: a lease that is being taken when the node stops is given back as well.
    asking: tokio::sync::Mutex<()>,
}

/// Where the node stands with one lease.
struct Desk {
    tenure: Tenure,
    /// As it was last seen in the database.
    view: Option<LeaseView>,
    /// Why the last question had no answer.
    trouble: Option<String>,
    /// The epoch in which it was last noted as held.
    noted: Option<i64>,
}

impl Leases {
    /// A candidate for every lease. `heir`: earlier lives of this node are surely over, and what they held is its own.
    pub fn new(
        store: Arc<dyn LeaseStore>,
        clock: Arc<dyn Clock>,
        timing: LeaseTiming,
        me: &LeaseHolder,
        heir: bool,
    ) -> Self {
        let now = clock.monotonic();
        let desk = |role| {
            let tenure = Tenure::new(role, me.clone(), timing, heir, now);
            (role, Mutex::new(Desk { tenure, view: None, trouble: None, noted: None }))
        };
        let desks = LeaseRole::ALL.into_iter().map(desk).collect();
        Self {
            store,
            clock,
            timing,
            desks,
            closing: AtomicBool::new(false),
            asking: tokio::sync::Mutex::default(),
        }
    }

    /// What lets writes take effect; `None` unless this node holds the lease, now and for a while. Asked before each write.
    pub fn fence(&self, role: LeaseRole) -> Option<Fence> {
        self.desk(role)?.tenure.fence(self.clock.monotonic())
    }

    /// Takes leases (again).
    pub(super) fn open(&self) {
        self.closing.store(false, Ordering::Release);
    }

    /// Asks the database what is due.
    pub(super) async fn tend(&self, role: LeaseRole) {
        for _ in 0..IN_A_ROW {
            let _asking = self.asking.lock().await;
            if self.closing.load(Ordering::Acquire) {
                return;
            }
            let sent = self.clock.monotonic();
            let Some(what) = self.desk(role).and_then(|mut desk| desk.tenure.next(sent)) else { break };
            self.ask(role, what, sent).await;
        }
        self.note(role);
    }

    async fn ask(&self, role: LeaseRole, what: LeaseMove, sent: Duration) {
        let Some(me) = self.desk(role).map(|desk| desk.tenure.me().clone()) else { return };
        let ttl = self.timing.ttl();
        let answered = match what {
            LeaseMove::Look => {
                let row = self.within(self.store.lease(role)).await;
                row.map(|row| {
                    self.change(role, |desk, now| {
                        desk.tenure.looked(&row.view, sent, now);
                        desk.view = Some(row.view);
                    });
                })
            }
            LeaseMove::Acquire { found, heir } => {
                let epoch = self.within(self.store.acquire_lease(role, me, found, ttl, heir)).await;
                epoch.map(|epoch| {
                    self.change(role, |desk, _| {
                        desk.tenure.acquired(epoch, sent);
                        // Whatever came of it, what was seen before is over.
                        desk.view = None;
                    });
                })
            }
            LeaseMove::Renew(fence) => {
                let still = self.within(self.store.renew_lease(fence, me, ttl)).await;
                still.map(|still| self.change(role, |desk, _| desk.tenure.renewed(still, sent)))
            }
        };
        let trouble = answered.err();
        self.change(role, |desk, now| {
            if trouble.is_some() {
                desk.tenure.failed(now);
            }
            desk.trouble = trouble;
        });
    }

    /// The database's answer within the time that leases give it; else why there is none.
    async fn within<T>(&self, asked: impl Future<Output = Result<T, StorageError>>) -> Result<T, String> {
        let limit = self.timing.timeout();
        match tokio::time::timeout(limit, asked).await {
            Ok(answered) => answered.map_err(|error| error.to_string()),
            Err(_) => Err(format!("no answer for the lease within {} ms", limit.as_millis())),
        }
    }

    /// Says when the lease came to this node or left it.
    fn note(&self, role: LeaseRole) {
        let held = self.fence(role).map(|fence| fence.epoch);
        if !self.show(role, held) {
            return;
        }
        if let Some(epoch) = held {
            tracing::info!(role = role.as_str(), epoch, "this node holds the lease");
        } else {
            tracing::warn!(role = role.as_str(), "this node does not hold the lease any more");
        }
    }

    /// Brings the figures up to date; whether that is a change.
    fn show(&self, role: LeaseRole, held: Option<i64>) -> bool {
        let mut before = held;
        self.change(role, |desk, _| before = std::mem::replace(&mut desk.noted, held));
        let figure = if held.is_some() { 1.0 } else { 0.0 };
        metrics::gauge!(names::LEASE_HELD, "role" => role.as_str()).set(figure);
        if before != held {
            metrics::counter!(names::LEASE_CHANGES, "role" => role.as_str()).increment(1);
        }
        before != held
    }

    /// Gives a lease back, at a planned stop: another node takes it at once.
    pub(super) async fn give_back(&self, role: LeaseRole) {
        self.closing.store(true, Ordering::Release);
        let _asking = self.asking.lock().await;
        let Some(fence) = self.fence(role) else { return };
        self.change(role, |desk, now| desk.tenure.released(now));
        self.show(role, None);
        match self.within(self.store.release_lease(fence)).await {
            Ok(_) => tracing::info!(role = role.as_str(), "the lease is given back"),
            Err(why) => {
                tracing::warn!(
                    role = role.as_str(),
                    why,
                    "the lease could not be given back: it ends by itself"
                );
            }
        }
    }

    /// What the board shows.
    pub(super) fn seen(&self) -> Value {
        let now = self.clock.monotonic();
        let each = self.desks.iter().map(|(role, desk)| {
            let desk = lock(desk);
            let fence = desk.tenure.fence(now);
            let other = desk.view.as_ref().and_then(|view| view.holder.as_ref());
            let holder = if fence.is_some() { Some(desk.tenure.me()) } else { other };
            let seen = json!({
                "held": fence.is_some(),
                "holder": holder.map(|holder| &holder.name),
                "epoch": fence.map(|fence| fence.epoch).or(desk.view.as_ref().map(|view| view.mark.epoch)),
                "last_error": desk.trouble,
            });
            (role.as_str().to_owned(), seen)
        });
        Value::Object(each.collect())
    }

    fn desk(&self, role: LeaseRole) -> Option<MutexGuard<'_, Desk>> {
        self.desks.iter().find(|(of, _)| *of == role).map(|(_, desk)| lock(desk))
    }

    fn change(&self, role: LeaseRole, change: impl FnOnce(&mut Desk, Duration)) {
        let now = self.clock.monotonic();
        if let Some(mut desk) = self.desk(role) {
            change(&mut desk, now);
        }
    }
}

fn lock(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}
