//! `Janitor` ends responses nobody goes on with and deletes those whose retention is over.
//!
//! Owns nothing; every step is one bounded statement that may be repeated. Not VIP-critical: surveys go on without it.
//! Messages: none, a timer.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::domain::survey::SurveyGraph;
use crate::foundation::Clock;
use crate::storage::{CatalogStore, ResponseStore, StorageError};
use crate::supervise::{Child, ChildError, Life};

/// What the janitor is told at start.
#[derive(Debug, Clone, Copy)]
pub struct JanitorSettings {
    /// How often it looks.
    pub every: Duration,
    /// Open responses without a change for this long are ended.
    pub idle: Duration,
    /// Responses ended or deleted in one statement at most.
    pub batch: u32,
}

/// What it works with.
#[derive(Clone)]
pub struct JanitorParts {
    /// Responses.
    pub responses: Arc<dyn ResponseStore>,
    /// Surveys, for their retention.
    pub catalog: Arc<dyn CatalogStore>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Settings.
    pub settings: JanitorSettings,
}

/// The supervised child.
pub struct Janitor {
    work: Rc<Work>,
}

struct Work {
    parts: JanitorParts,
    busy: Cell<bool>,
    closed: Cell<u64>,
    deleted: Cell<u64>,
    last: RefCell<Option<String>>,
}

impl Janitor {
    /// A fresh life.
    pub fn new(parts: JanitorParts) -> Self {
        let (closed, deleted) = (Cell::new(0), Cell::new(0));
        Self {
            work: Rc::new(Work { parts, busy: Cell::new(false), closed, deleted, last: RefCell::default() }),
        }
    }
}

impl Child for Janitor {
    fn started(&mut self, life: &mut Life<'_, Self>) -> Result<(), ChildError> {
        let work = Rc::clone(&self.work);
        life.spawn(async move { work.round().await });
        life.every(self.work.parts.settings.every, |me, life| {
            let work = Rc::clone(&me.work);
            life.spawn(async move { work.round().await });
        });
        Ok(())
    }

    fn observe(&self) -> Value {
        json!({
            "closed_idle": self.work.closed.get(),
            "deleted": self.work.deleted.get(),
            "last_error": *self.work.last.borrow(),
        })
    }
}

impl Work {
    async fn round(&self) {
        if self.busy.replace(true) {
            return;
        }
        let now = self.parts.clock.now();
        let outcome = self.try_round(now).await;
        if let Err(error) = &outcome {
            tracing::warn!(error = %error, "the janitor could not finish its round, will try again");
        }
        *self.last.borrow_mut() = outcome.err().map(|e| e.to_string());
        self.busy.set(false);
    }

    async fn try_round(&self, now: DateTime<Utc>) -> Result<(), StorageError> {
        let batch = self.parts.settings.batch;
        let idle_before = before(now, self.parts.settings.idle);
        let closed = self.parts.responses.close_idle(idle_before, now, batch).await?;
        self.closed.set(self.closed.get() + closed);
        for survey in self.parts.catalog.surveys().await? {
            let Some(draft) = self.parts.catalog.draft(survey.key).await? else { continue };
            let Some(days) = retention_days(&draft.document) else { continue };
            let keep_from = before(now, Duration::from_secs(u64::from(days) * 86_400));
            let deleted = self.parts.responses.delete_responses(survey.survey, keep_from, batch).await?;
            self.deleted.set(self.deleted.get() + deleted);
            if deleted > 0 {
                tracing::info!(survey = %survey.survey, deleted, days, "responses past their retention deleted");
            }
        }
        Ok(())
    }
}

fn before(now: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(by).ok().and_then(|by| now.checked_sub_signed(by)).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// Retention of a draft that does not validate is not applied: nothing is deleted on doubt.
fn retention_days(document: &str) -> Option<u32> {
    SurveyGraph::from_json(document).ok().and_then(|graph| graph.retention_days())
}
