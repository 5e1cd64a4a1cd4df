//! `StorageKeeper` proves every second that a durable write works, and shows when it does not.
//!
//! Owns nothing: the storage's threads rebuild themselves. A probe that fails turns the node "not ready"; it is not a
//! crash of this actor, since a restart of the program does not empty a full disk.
//! Messages: none, a timer. VIP-critical.

use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use crate::foundation::Clock;
use crate::storage::MaintenanceStore;
use crate::supervise::{Child, ChildError, Life};

/// How often a durable write is tried.
pub const PROBE_EVERY: Duration = Duration::from_secs(1);

/// The last probe, shared with the health page.
#[derive(Debug, Clone, Default)]
pub struct StorageHealth(Arc<Mutex<Option<Probe>>>);

/// What a probe saw.
#[derive(Debug, Clone, Serialize)]
pub struct Probe {
    /// Whether a durable write worked.
    pub ok: bool,
    /// When it was tried.
    pub at: chrono::DateTime<chrono::Utc>,
    /// Milliseconds it took.
    pub took_ms: u64,
    /// Why it failed and what to do.
    pub error: Option<String>,
}

impl StorageHealth {
    /// The last probe; none before the first has ended.
    pub fn last(&self) -> Option<Probe> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the last probe worked.
    pub fn is_ok(&self) -> bool {
        self.last().is_some_and(|p| p.ok)
    }

    fn set(&self, probe: Probe) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(probe);
    }
}

/// What the keeper works with.
#[derive(Clone)]
pub struct KeeperParts {
    /// The database.
    pub storage: Arc<dyn MaintenanceStore>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Where the outcome is shown.
    pub health: StorageHealth,
}

/// The supervised child.
pub struct StorageKeeper {
    parts: Rc<KeeperParts>,
    probing: Rc<std::cell::Cell<bool>>,
}

impl StorageKeeper {
    /// A fresh life.
    pub fn new(parts: KeeperParts) -> Self {
        Self { parts: Rc::new(parts), probing: Rc::default() }
    }

    fn probe(&self, life: &mut Life<'_, Self>) {
        if self.probing.replace(true) {
            return;
        }
        let (parts, probing) = (Rc::clone(&self.parts), Rc::clone(&self.probing));
        life.spawn(async move {
            let begun = parts.clock.monotonic();
            let outcome = parts.storage.probe().await;
            let took = parts.clock.monotonic().saturating_sub(begun);
            let was_ok = parts.health.last().is_none_or(|p| p.ok);
            match &outcome {
                Err(error) if was_ok => tracing::error!(error = %error, "the database takes no writes"),
                Ok(()) if !was_ok => tracing::info!("the database takes writes again"),
                _ => {}
            }
            parts.health.set(Probe {
                ok: outcome.is_ok(),
                at: parts.clock.now(),
                took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
                error: outcome.err().map(|e| e.to_string()),
            });
            probing.set(false);
        });
    }
}

impl Child for StorageKeeper {
    fn started(&mut self, life: &mut Life<'_, Self>) -> Result<(), ChildError> {
        self.probe(life);
        life.every(PROBE_EVERY, |me, life| me.probe(life));
        Ok(())
    }

    fn observe(&self) -> Value {
        json!(self.parts.health.last())
    }
}
