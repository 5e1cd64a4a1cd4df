//! `LeaseKeeper` takes, renews and gives back what one node at a time may do.
//!
//! Owns nothing: where the node stands is in [`Leases`], which outlives its lives, and in the database. Not VIP-critical:
//! who gets calls and who may act are two things. Messages: none, a timer. A planned stop gives the leases back.

mod leases;

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, join_all};
use serde_json::Value;

use crate::domain::lease::LeaseRole;
use crate::supervise::{Child, ChildError, Life};

pub use leases::Leases;

/// How finely the keeper keeps time: a small part of any time of a lease.
const TICK: Duration = Duration::from_millis(50);

/// The supervised child.
pub struct LeaseKeeper {
    leases: Arc<Leases>,
}

impl LeaseKeeper {
    /// A fresh life.
    pub fn new(leases: Arc<Leases>) -> Self {
        Self { leases }
    }
}

impl Child for LeaseKeeper {
    fn started(&mut self, life: &mut Life<'_, Self>) -> Result<(), ChildError> {
        self.leases.open();
        for role in LeaseRole::ALL {
            let leases = Arc::clone(&self.leases);
            life.repeat(TICK, move || {
                let leases = Arc::clone(&leases);
                async move { leases.tend(role).await }
            });
        }
        Ok(())
    }

    fn drain(&mut self, _: &mut Life<'_, Self>) -> LocalBoxFuture<'static, ()> {
        let leases = Arc::clone(&self.leases);
        async move {
            let each = LeaseRole::ALL.map(|role| leases.give_back(role));
            join_all(each).await;
        }
        .boxed_local()
    }

    fn observe(&self) -> Value {
        self.leases.seen()
    }
}
