//! `VipKeeper` keeps this node's part in the virtual IP: it has keepalived run, tells it how fit the node is, and knows where
//! the address is.
//!
//! keepalived moves the address; what it needs to know comes by way of a guard, a small process that notices when this
//! one hangs or dies. Owns nothing: [`Vip`] outlives its lives. Not VIP-critical: the address may stay where it is while the
//! keeper is built anew. Messages: none, timers. A planned stop lets another node have the address before anything else
//! stops. Absent without a virtual IP.

mod checks;
mod guard;
mod keepalived;
mod network;
mod render;
mod vip;

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::supervise::{Child, ChildError, Life};

pub use checks::{VipCheck, prerequisites, strangers};
pub use guard::{GuardError, guard, tethered};
pub use vip::{Vip, rendered};

/// How often the guard is told how the node is.
const BEAT_EVERY: Duration = Duration::from_millis(200);
/// How often it is seen where the address is.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// What the keeper works with.
#[derive(Clone)]
pub struct VipParts {
    /// Where this node stands.
    pub vip: Arc<Vip>,
    /// Whether this node can serve callers at this moment.
    pub serves: Arc<dyn Fn() -> bool + Send + Sync>,
    /// Has clients come back over new connections: those that are open when the address moves, break.
    pub leaving: CancellationToken,
}

/// The supervised child.
pub struct VipKeeper {
    parts: VipParts,
}

impl VipKeeper {
    /// A fresh life.
    pub fn new(parts: VipParts) -> Self {
        Self { parts }
    }
}

impl Child for VipKeeper {
    fn started(&mut self, life: &mut Life<'_, Self>) -> Result<(), ChildError> {
        life.every(BEAT_EVERY, |me, _| me.parts.vip.beat((me.parts.serves)()));
        let vip = Arc::clone(&self.parts.vip);
        life.repeat(LOOK_EVERY, move || {
            let vip = Arc::clone(&vip);
            async move { vip.tend().await }
        });
        Ok(())
    }

    fn drain(&mut self, _: &mut Life<'_, Self>) -> LocalBoxFuture<'static, ()> {
        self.parts.leaving.cancel();
        let vip = Arc::clone(&self.parts.vip);
        async move { vip.leave().await }.boxed_local()
    }

    fn observe(&self) -> Value {
        self.parts.vip.seen()
    }
}
