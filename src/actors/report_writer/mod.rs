//! `ReportWriter` writes the figures of each period that is over into the folder of reports, and deletes files whose time is
//! over.
//!
//! Works only while its node holds the janitor's lease, which it is asked for before each file: any node can go on, in its own
//! folder or in one that all have. Owns nothing: what is to be written is what is missing in the folder. What is there is
//! left as it is, so a period is written when its last calls are over, and not before. A folder that is gone, full or
//! read-only is told with what mends it, and tried again. Not VIP-critical. Messages: none, a timer. The disk is on threads for
//! blocking work.

mod figures;

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::domain::lease::Fence;
use crate::domain::report_mail::Rhythm;
use crate::foundation::{Chance, Clock};
use crate::reports::folder::{Listed, ReportFolder, due};
use crate::reports::sheet::Form;
use crate::storage::{CatalogStore, NodeStore, ReportStore, RollupStore, StorageError};
use crate::supervise::{Child, ChildError, Life};

use figures::{Fault, Missing};

/// Periods written in one round at most: a backlog is worked off over several.
const PERIODS_PER_ROUND: usize = 8;
/// How often a node makes sure that it can write, also one that only stands by: else a takeover would be the first to find out.
const PROBED_EVERY: Duration = Duration::from_hours(1);
/// So long a period waits for what other nodes keep until the database has it.
const SPOOL_AWAITED: TimeDelta = TimeDelta::days(1);

/// What it is told at start.
#[derive(Debug, Clone)]
pub struct ReportWriterSettings {
    /// The folder.
    pub folder: ReportFolder,
    /// How often it looks.
    pub every: Duration,
    /// The forms of files.
    pub forms: Vec<Form>,
    /// The periods.
    pub periods: Vec<Rhythm>,
    /// Days files are kept; 0: for good.
    pub keep_days: u32,
    /// How long after its end a period is written.
    pub settled: TimeDelta,
    /// No score is written of fewer answers.
    pub min_answers: u64,
    /// The zone of days.
    pub zone: Tz,
}

/// What it works with.
#[derive(Clone)]
pub struct ReportWriterParts {
    /// Surveys.
    pub catalog: Arc<dyn CatalogStore>,
    /// Counts of answers.
    pub counts: Arc<dyn ReportStore>,
    /// When the oldest response was offered.
    pub rollups: Arc<dyn RollupStore>,
    /// The nodes, for what they keep until the database has it.
    pub nodes: Arc<dyn NodeStore>,
    /// The lease in hand; `None` while this node does not hold it.
    pub lease: Arc<dyn Fn() -> Option<Fence> + Send + Sync>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance, for names of files that are not whole yet.
    pub chance: Arc<dyn Chance>,
    /// Settings.
    pub settings: ReportWriterSettings,
}

/// The supervised child.
pub struct ReportWriter {
    work: Rc<Work>,
}

struct Work {
    parts: ReportWriterParts,
    /// Whether it had the lease when it last looked.
    leads: Cell<bool>,
    /// When it was last made sure that a file can be written, by the monotonic clock.
    probed: Cell<Option<Duration>>,
    written: Cell<u64>,
    deleted: Cell<u64>,
    missing: Cell<usize>,
    awaits_spool: Cell<bool>,
    last_written: RefCell<Option<String>>,
    last_error: RefCell<Option<String>>,
}

impl ReportWriter {
    /// A fresh life.
    pub fn new(parts: ReportWriterParts) -> Self {
        Self {
            work: Rc::new(Work {
                parts,
                leads: Cell::default(),
                probed: Cell::default(),
                written: Cell::default(),
                deleted: Cell::default(),
                missing: Cell::default(),
                awaits_spool: Cell::default(),
                last_written: RefCell::default(),
                last_error: RefCell::default(),
            }),
        }
    }
}

impl Child for ReportWriter {
    fn started(&mut self, life: &mut Life<'_, Self>) -> Result<(), ChildError> {
        let work = Rc::clone(&self.work);
        life.repeat(self.work.parts.settings.every, move || {
            let work = Rc::clone(&work);
            async move { work.round().await }
        });
        Ok(())
    }

    fn observe(&self) -> Value {
        json!({
            "lease": if self.work.leads.get() { "held" } else { "not held by this node" },
            "folder": self.work.parts.settings.folder.path().display().to_string(),
            "written": self.work.written.get(),
            "last_written": *self.work.last_written.borrow(),
            "missing": self.work.missing.get(),
            "awaits_spool": self.work.awaits_spool.get(),
            "deleted": self.work.deleted.get(),
            "last_error": *self.work.last_error.borrow(),
        })
    }
}

impl Work {
    async fn round(&self) {
        let error = self.try_round(self.parts.clock.now()).await.err().map(|fault| fault.to_string());
        // Said once, and once more when it is over: a share may be away for a night.
        match (&error, &*self.last_error.borrow()) {
            (Some(error), before) if before.as_ref() != Some(error) => {
                tracing::warn!(error, "report files are not written until this is mended; it is tried again");
            }
            (None, Some(_)) => tracing::info!("report files can be written again"),
            _ => {}
        }
        *self.last_error.borrow_mut() = error;
    }

    async fn try_round(&self, now: DateTime<Utc>) -> Result<(), Fault> {
        self.make_sure().await?;
        if self.fence().is_none() {
            return Ok(());
        }
        let listed = self.look(now).await?;
        let missing = self.missing(&listed, now).await?;
        self.missing.set(missing.iter().map(|one| one.forms.len()).sum());
        let mut periods = HashSet::new();
        let mut first_fault = None;
        for one in missing {
            periods.insert(one.period);
            if periods.len() > PERIODS_PER_ROUND || self.fence().is_none() {
                break;
            }
            match self.write(&one).await {
                Ok(()) => {}
                // Figures that cannot be made keep no others from being written.
                Err(fault) if fault.is_of_one() => {
                    first_fault.get_or_insert(fault);
                }
                Err(fault) => return Err(fault),
            }
        }
        first_fault.map_or(Ok(()), Err)
    }

    /// Makes sure that files can be written, at the start, after a fault, and now and then.
    async fn make_sure(&self) -> Result<(), Fault> {
        let now = self.parts.clock.monotonic();
        let is_fresh = self.probed.get().is_some_and(|at| now.saturating_sub(at) < PROBED_EVERY);
        if is_fresh && self.last_error.borrow().is_none() {
            return Ok(());
        }
        let (folder, token) = (self.parts.settings.folder.clone(), self.parts.chance.bits());
        blocking(move || folder.probe(token)).await??;
        self.probed.set(Some(now));
        Ok(())
    }

    /// What is there, once those files are gone whose time is over.
    async fn look(&self, now: DateTime<Utc>) -> Result<Listed, Fault> {
        let settings = &self.parts.settings;
        let (folder, keep_days) = (settings.folder.clone(), settings.keep_days);
        let today = now.with_timezone(&settings.zone).date_naive();
        let (listed, deleted) = blocking(move || {
            let listed = folder.list(SystemTime::from(now))?;
            let deleted = folder.delete_past(&listed, today, keep_days)?;
            Ok::<_, Fault>((listed, deleted))
        })
        .await??;
        self.deleted.set(self.deleted.get() + deleted);
        Ok(listed)
    }

    /// What is to be there and is not, the newest first.
    async fn missing(&self, listed: &Listed, now: DateTime<Utc>) -> Result<Vec<Missing>, Fault> {
        let settings = &self.parts.settings;
        let Some(oldest) = self.parts.rollups.oldest_response().await? else { return Ok(Vec::new()) };
        let awaits_spool = self.some_keep_what_is_not_stored().await?;
        self.awaits_spool.set(awaits_spool);
        let settled = if awaits_spool { settings.settled + SPOOL_AWAITED } else { settings.settled };
        let bounds = (settled, oldest, settings.keep_days);
        let periods = due(&settings.periods, now, settings.zone, bounds);
        Ok(figures::missing(&periods, &settings.forms, listed))
    }

    /// Whether some node has answers that the database does not have yet.
    async fn some_keep_what_is_not_stored(&self) -> Result<bool, StorageError> {
        let nodes = self.parts.nodes.nodes().await?;
        Ok(nodes.iter().any(|node| node.facts.spool.is_some_and(|spool| spool.entries > 0)))
    }

    fn fence(&self) -> Option<Fence> {
        let fence = (self.parts.lease)();
        self.leads.set(fence.is_some());
        fence
    }
}

/// Runs work that waits for a disk or takes CPU time beside the child's thread.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Fault::BrokenOff(error.to_string()))
}
