//! The observation board: what every child is doing, for health, metrics and the operator.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde::Serialize;

use super::metrics::millis;
use super::vitals::{LastExit, State, Vitals, lock};
use crate::foundation::Clock;

/// One child as the board shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChildReport {
    /// The child's name.
    pub name: &'static str,
    /// The group it is rebuilt with.
    pub group: &'static str,
    /// What it is doing.
    pub state: State,
    /// Whether the virtual IP needs it.
    pub vip_critical: bool,
    /// Lives begun after the first, since the program started.
    pub restarts: u64,
    /// Exits still counted against its limit.
    pub consecutive: u32,
    /// How its last life ended, if one did.
    pub last_exit: Option<LastExit>,
    /// Messages waiting.
    pub mailbox_depth: usize,
    /// Messages that may wait.
    pub mailbox_limit: usize,
    /// Milliseconds since its thread was last seen alive; nothing if it is not watched.
    pub heartbeat_age_ms: Option<u64>,
    /// Threads that hung and were left behind: they cannot be ended, only replaced.
    pub abandoned_threads: u32,
    /// Milliseconds the present life has lasted; nothing while it does not run.
    pub uptime_ms: Option<u64>,
    /// What the child says of itself.
    pub observed: serde_json::Value,
}

/// What every child is doing.
pub struct Board {
    children: Vec<Arc<Vitals>>,
    clock: Arc<dyn Clock>,
}

impl Board {
    pub(super) fn new(children: Vec<Arc<Vitals>>, clock: Arc<dyn Clock>) -> Self {
        Self { children, clock }
    }

    /// Every child, in start order.
    pub fn report(&self) -> Vec<ChildReport> {
        self.children.iter().map(|child| self.describe(child)).collect()
    }

    /// Whether every child that the virtual IP needs runs.
    pub fn ready(&self) -> bool {
        self.children.iter().all(|child| !child.vip_critical || child.state() == State::Running)
    }

    /// Whether some child does not run, though the node may be ready.
    pub fn degraded(&self) -> bool {
        self.children.iter().any(|child| child.state() != State::Running)
    }

    /// Names of the children that do not run, in start order.
    pub fn not_running(&self) -> Vec<&'static str> {
        self.children.iter().filter(|child| child.state() != State::Running).map(|child| child.name).collect()
    }

    pub(super) fn children(&self) -> &[Arc<Vitals>] {
        &self.children
    }

    fn describe(&self, child: &Vitals) -> ChildReport {
        let now = self.clock.monotonic();
        let state = child.state();
        let line = child.line();
        let running = state == State::Running;
        ChildReport {
            name: child.name,
            group: child.group,
            state,
            vip_critical: child.vip_critical,
            restarts: child.restarts.load(Ordering::Relaxed),
            consecutive: lock(&child.history).counted(now),
            last_exit: child.last_exit(),
            mailbox_depth: line.as_ref().map_or(0, |line| line.depth.load(Ordering::Relaxed)),
            mailbox_limit: child.mailbox,
            heartbeat_age_ms: child
                .heartbeat
                .and(line.as_ref())
                .map(|_| child.silent_ms.load(Ordering::Relaxed)),
            abandoned_threads: child.abandoned.load(Ordering::Relaxed),
            uptime_ms: running.then(|| millis(now).saturating_sub(child.since_ms.load(Ordering::Relaxed))),
            observed: lock(&child.observed).clone(),
        }
    }
}
