//! `SpoolKeeper` looks after the spool: once a second, while the database is away, it sees whether it is back, and then has what
//! was spooled stored there.
//!
//! Owns nothing: entries are in the spool's file until the database has them. A life that ends in the midst of a replay
//! costs time only, since every entry may be replayed twice. Not VIP-critical: callers are served without it.
//! Messages: none, a timer. Absent without a spool.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::storage::{SpoolStore, SpoolVitals};
use crate::supervise::{Child, ChildError, Life};
use crate::telemetry::metric_names as names;

/// How often it is seen whether the database is back.
const EVERY: Duration = Duration::from_secs(1);

/// What the keeper works with.
#[derive(Clone)]
pub struct SpoolParts {
    /// The spool.
    pub spool: Arc<dyn SpoolStore>,
}

/// The supervised child.
pub struct SpoolKeeper {
    parts: Rc<SpoolParts>,
}

impl SpoolKeeper {
    /// A fresh life.
    pub fn new(parts: SpoolParts) -> Self {
        Self { parts: Rc::new(parts) }
    }
}

impl Child for SpoolKeeper {
    fn started(&mut self, life: &mut Life<'_, Self>) -> Result<(), ChildError> {
        show(&self.parts.spool.spool_vitals());
        life.every(EVERY, |me, _| show(&me.parts.spool.spool_vitals()));
        let parts = Rc::clone(&self.parts);
        life.repeat(EVERY, move || {
            let parts = Rc::clone(&parts);
            async move {
                if let Err(error) = parts.spool.tend().await {
                    tracing::error!(error = %error, "the spool could not be looked after, it is tried again");
                }
            }
        });
        Ok(())
    }

    fn observe(&self) -> Value {
        json!(self.parts.spool.spool_vitals())
    }
}

/// The figures for Prometheus.
fn show(vitals: &SpoolVitals) {
    // What cannot be said in 32 bits is shown as the most that can; the exact figures are on the board.
    let gauge =
        |name, value: u64| metrics::gauge!(name).set(f64::from(u32::try_from(value).unwrap_or(u32::MAX)));
    metrics::gauge!(names::DATABASE_AWAY).set(if vitals.mode == "direct" { 0.0 } else { 1.0 });
    gauge(names::SPOOL_ENTRIES, vitals.entries);
    gauge(names::SPOOL_BYTES, vitals.bytes);
    gauge(names::SPOOL_BYTES_MAX, vitals.bytes_max);
    gauge(names::SPOOL_STRANDED, vitals.stranded);
    gauge(names::SPOOL_DAMAGED_FILES, u64::try_from(vitals.damaged).unwrap_or(u64::MAX));
    metrics::counter!(names::SPOOL_OUTAGES).absolute(vitals.outages);
    metrics::counter!(names::SPOOL_SPOOLED).absolute(vitals.spooled);
    metrics::counter!(names::SPOOL_REPLAYED).absolute(vitals.replayed);
    metrics::counter!(names::SPOOL_MERGED).absolute(vitals.merged);
    metrics::counter!(names::SPOOL_REFUSED).absolute(vitals.refused);
}
