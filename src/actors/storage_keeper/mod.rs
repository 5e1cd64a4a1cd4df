//! `StorageKeeper` proves every second that a durable write works, and shows when it does not.
//!
//! Owns nothing: the storage's threads rebuild themselves. A probe that fails, or does not come back because the disk
//! hangs, turns the node "not ready"; it is not a crash of this actor, since a restart of the program does not empty a
//! full disk.
//! Messages: none, a timer. VIP-critical.

use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use crate::foundation::Clock;
use crate::storage::{MaintenanceStore, StorageVitals};
use crate::supervise::{Child, ChildError, Life};
use crate::telemetry::metric_names as names;

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
    /// A batch of writes that takes longer than this is stuck: longer than any one write in it may take.
    pub stuck_after: Duration,
}

/// The supervised child.
pub struct StorageKeeper {
    parts: Rc<KeeperParts>,
}

impl StorageKeeper {
    /// A fresh life.
    pub fn new(parts: KeeperParts) -> Self {
        Self { parts: Rc::new(parts) }
    }
}

impl KeeperParts {
    /// Looks at the writing part from outside, which answers also when the disk hangs.
    fn look(&self) {
        let vitals = self.storage.vitals();
        show(&vitals);
        if let Some(trouble) = trouble(&vitals, self.stuck_after) {
            self.note(Err(trouble), vitals.busy_for.unwrap_or_default());
        }
    }

    /// Writes something, and waits for however long it takes.
    async fn probe(&self) {
        let begun = self.clock.monotonic();
        let outcome = self.storage.probe().await;
        let took = self.clock.monotonic().saturating_sub(begun);
        self.note(outcome.map_err(|error| error.to_string()), took);
    }

    /// Shows what was seen, and logs it when it is news.
    fn note(&self, outcome: Result<(), String>, took: Duration) {
        let was_ok = self.health.last().is_none_or(|p| p.ok);
        match &outcome {
            Err(error) if was_ok => tracing::error!(error, "the database takes no writes"),
            Ok(()) if !was_ok => tracing::info!("the database takes writes again"),
            _ => {}
        }
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let at = self.clock.now();
        self.health.set(Probe { ok: outcome.is_ok(), at, took_ms, error: outcome.err() });
    }
}

/// What is wrong with the writing part, if anything: a probe would only wait behind it.
fn trouble(vitals: &StorageVitals, stuck_after: Duration) -> Option<String> {
    if !vitals.alive {
        return Some("the database's writer has ended; restart this node".to_owned());
    }
    let busy = vitals.busy_for.filter(|busy| *busy > stuck_after)?;
    let waiting = vitals.queue_depth;
    Some(format!(
        "the database has been at one batch of writes for {} ms with {waiting} more waiting; is its disk hanging?",
        busy.as_millis()
    ))
}

/// The figures for Prometheus.
fn show(vitals: &StorageVitals) {
    // Bounded far below 2^32.
    let waiting = u32::try_from(vitals.queue_depth).unwrap_or(u32::MAX);
    metrics::gauge!(names::WRITER_QUEUE).set(f64::from(waiting));
    metrics::gauge!(names::WRITER_BUSY_SECONDS).set(vitals.busy_for.unwrap_or_default().as_secs_f64());
    if let Some(age) = vitals.last_commit_age {
        metrics::gauge!(names::LAST_COMMIT_AGE_SECONDS).set(age.as_secs_f64());
    }
    metrics::counter!(names::COMMITS).absolute(vitals.commits);
    metrics::counter!(names::WRITES).absolute(vitals.writes);
    metrics::counter!(names::WRITER_RESTARTS).absolute(vitals.restarts);
    let largest = u32::try_from(vitals.largest_batch).unwrap_or(u32::MAX);
    metrics::gauge!(names::LARGEST_BATCH).set(f64::from(largest));
}

impl Child for StorageKeeper {
    fn started(&mut self, life: &mut Life<'_, Self>) -> Result<(), ChildError> {
        self.parts.look();
        life.every(PROBE_EVERY, |me, _| me.parts.look());
        let parts = Rc::clone(&self.parts);
        life.repeat(PROBE_EVERY, move || {
            let parts = Rc::clone(&parts);
            async move { parts.probe().await }
        });
        Ok(())
    }

    fn observe(&self) -> Value {
        let vitals = self.parts.storage.vitals();
        let ms =
            |time: Option<Duration>| time.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        json!({
            "probe": self.parts.health.last(),
            "writer": {
                "alive": vitals.alive, "queue_depth": vitals.queue_depth, "busy_ms": ms(vitals.busy_for),
                "last_commit_age_ms": ms(vitals.last_commit_age), "commits": vitals.commits, "writes": vitals.writes,
                "last_batch": vitals.last_batch, "largest_batch": vitals.largest_batch, "replays": vitals.replays,
                "restarts": vitals.restarts,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(2);

    fn busy(busy_for: Option<Duration>) -> Option<String> {
        trouble(&StorageVitals { alive: true, busy_for, ..StorageVitals::default() }, LIMIT)
    }

    #[test]
    fn a_batch_longer_than_any_write_may_take_is_trouble() {
        assert_eq!(busy(None), None);
        assert_eq!(busy(Some(LIMIT)), None);
        let said = busy(Some(LIMIT + Duration::from_millis(1))).unwrap();
        assert!(said.contains("2001 ms"), "{said}");
    }

    #[test]
    fn a_writer_that_has_ended_is_trouble() {
        assert!(trouble(&StorageVitals::default(), LIMIT).unwrap().contains("ended"));
    }
}
