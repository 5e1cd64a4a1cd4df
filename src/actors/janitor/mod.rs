//! `Janitor` ends responses nobody goes on with, deletes responses, recordings, replaced prompts, sessions and what came back
//! of text messages whose time is over, and counts figures ahead for reports.
//!
//! Works only while its node holds the lease for it, which it is asked for before each batch.
//! Owns nothing; every step is one bounded statement that may be repeated. Not VIP-critical: surveys go on without it.
//! Messages: none, a timer.

mod rollups;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::domain::lease::Fence;
use crate::domain::survey::SurveyGraph;
use crate::foundation::Clock;
use crate::storage::{
    AccountStore, CatalogStore, LinkStore, NodeStore, OutboxStore, PromptStore, RecordingStore,
    ResponseStore, RollupStore, StorageError, StoreFuture, SurveyRow,
};
use crate::supervise::{Child, ChildError, Life};
use crate::telemetry::metric_names as names;

/// Batches in one round at most: a backlog is worked off over several rounds.
const BATCHES_PER_ROUND: u32 = 50;

/// Prompts or recordings whose audio is deleted in one statement at most: a long one is hundreds of pages of the database.
const AUDIO_BATCH: u32 = 20;

/// Sessions that were not used for this long are over by any setting (`portal.session_idle_minutes` goes to a week).
const SESSION_UNUSED: Duration = Duration::from_hours(30 * 24);

/// Links whose time is over are kept for as long, so that who comes late is told so, and not that there was never a link.
const OVER_LINKS_KEPT: Duration = Duration::from_hours(30 * 24);
/// How long receipts of text messages nobody knows, and that a message from a phone was taken, are kept: longer than any
/// gateway tries to tell of one.
const KEEP_INBOUND: Duration = Duration::from_hours(7 * 24);

/// What the janitor is told at start.
#[derive(Debug, Clone, Copy)]
pub struct JanitorSettings {
    /// How often it looks.
    pub every: Duration,
    /// Open responses without a change for this long are ended.
    pub idle: Duration,
    /// Responses ended or deleted in one statement at most.
    pub batch: u32,
    /// How long asks are kept that no response began with.
    pub keep_fruitless_offers: Duration,
    /// How long the audio of prompts that were replaced or removed is kept.
    pub keep_replaced_prompts: Duration,
    /// The zone whose days and hours are counted ahead: that of reports.
    pub zone: Tz,
}

/// What it works with.
#[derive(Clone)]
pub struct JanitorParts {
    /// Responses.
    pub responses: Arc<dyn ResponseStore>,
    /// Recordings.
    pub recordings: Arc<dyn RecordingStore>,
    /// Prompts.
    pub prompts: Arc<dyn PromptStore>,
    /// Surveys, for their retention.
    pub catalog: Arc<dyn CatalogStore>,
    /// Sessions, and the links by which passwords are set.
    pub accounts: Arc<dyn AccountStore>,
    /// Links of customers.
    pub links: Arc<dyn LinkStore>,
    /// What came back of text messages.
    pub outbox: Arc<dyn OutboxStore>,
    /// Figures counted ahead.
    pub rollups: Arc<dyn RollupStore>,
    /// The nodes, for their versions.
    pub nodes: Arc<dyn NodeStore>,
    /// The lease in hand; `None` while this node does not hold it.
    pub lease: Arc<dyn Fn() -> Option<Fence> + Send + Sync>,
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
    /// Whether it had the lease when it last looked.
    leads: Cell<bool>,
    closed: Cell<u64>,
    deleted: Cell<u64>,
    deleted_offers: Cell<u64>,
    deleted_recordings: Cell<u64>,
    deleted_prompts: Cell<u64>,
    deleted_sign_ins: Cell<u64>,
    deleted_links: Cell<u64>,
    deleted_inbound: Cell<u64>,
    counted_ahead: Cell<u64>,
    last_error: RefCell<Option<String>>,
}

impl Janitor {
    /// A fresh life.
    pub fn new(parts: JanitorParts) -> Self {
        Self {
            work: Rc::new(Work {
                parts,
                leads: Cell::default(),
                closed: Cell::default(),
                deleted: Cell::default(),
                deleted_offers: Cell::default(),
                deleted_recordings: Cell::default(),
                deleted_prompts: Cell::default(),
                deleted_sign_ins: Cell::default(),
                deleted_links: Cell::default(),
                deleted_inbound: Cell::default(),
                counted_ahead: Cell::default(),
                last_error: RefCell::default(),
            }),
        }
    }
}

impl Child for Janitor {
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
            "closed_idle": self.work.closed.get(),
            "deleted": self.work.deleted.get(),
            "deleted_offers": self.work.deleted_offers.get(),
            "deleted_recordings": self.work.deleted_recordings.get(),
            "deleted_prompts": self.work.deleted_prompts.get(),
            "deleted_sign_ins": self.work.deleted_sign_ins.get(),
            "deleted_links": self.work.deleted_links.get(),
            "deleted_inbound": self.work.deleted_inbound.get(),
            "counted_ahead": self.work.counted_ahead.get(),
            "last_error": *self.work.last_error.borrow(),
        })
    }
}

impl Work {
    async fn round(&self) {
        let now = self.parts.clock.now();
        let outcome = self.try_round(now).await;
        if let Err(error) = &outcome {
            tracing::warn!(error = %error, "the janitor could not finish its round, will try again");
        }
        *self.last_error.borrow_mut() = outcome.err().map(|e| e.to_string());
    }

    async fn try_round(&self, now: DateTime<Utc>) -> Result<(), StorageError> {
        if self.fence().is_none() {
            return Ok(());
        }
        let JanitorSettings { idle, batch, keep_fruitless_offers, .. } = self.parts.settings;
        let responses = &self.parts.responses;
        let idle_before = before(now, idle);
        let close = |fence| responses.close_idle(fence, idle_before, now, batch);
        let closed = self.in_batches(batch, close).await?;
        self.closed.set(self.closed.get() + closed);
        let old = before(now, keep_fruitless_offers);
        let delete = |fence| responses.delete_fruitless_offers(fence, old, batch);
        let deleted = self.in_batches(batch, delete).await?;
        self.deleted_offers.set(self.deleted_offers.get() + deleted);
        let old = before(now, self.parts.settings.keep_replaced_prompts);
        let prompts = &self.parts.prompts;
        let delete = |fence| prompts.delete_replaced_prompts(fence, old, AUDIO_BATCH);
        let deleted = self.in_batches(AUDIO_BATCH, delete).await?;
        self.deleted_prompts.set(self.deleted_prompts.get() + deleted);
        let (accounts, unused) = (&self.parts.accounts, before(now, SESSION_UNUSED));
        let delete = |fence| accounts.delete_stale_sign_ins(fence, now, unused, batch);
        let deleted = self.in_batches(batch, delete).await?;
        self.deleted_sign_ins.set(self.deleted_sign_ins.get() + deleted);
        let (links, over) = (&self.parts.links, before(now, OVER_LINKS_KEPT));
        let delete = |fence| links.delete_stale_response_links(fence, over, batch);
        let deleted = self.in_batches(batch, delete).await?;
        self.deleted_links.set(self.deleted_links.get() + deleted);
        let (outbox, old) = (&self.parts.outbox, before(now, KEEP_INBOUND));
        let delete = |fence| outbox.delete_stale_inbound(fence, old, batch);
        let deleted = self.in_batches(batch, delete).await?;
        self.deleted_inbound.set(self.deleted_inbound.get() + deleted);
        for survey in self.parts.catalog.surveys().await? {
            if self.fence().is_none() {
                return Ok(());
            }
            // A draft has no say, and what cannot be read deletes nothing.
            let Some(graph) = self.newest(&survey).await? else { continue };
            if let Some(days) = graph.recording_retention_days() {
                self.delete_recordings(&survey, days, now).await?;
            }
            if let Some(days) = graph.retention_days() {
                self.delete_responses(&survey, days, now).await?;
            }
        }
        if self.fence().is_some() {
            self.counted_ahead.set(self.counted_ahead.get() + self.roll_up(now).await?);
        }
        Ok(())
    }

    async fn delete_responses(
        &self,
        survey: &SurveyRow,
        days: u32,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let (batch, responses) = (self.parts.settings.batch, &self.parts.responses);
        let old = before(now, in_days(days));
        let delete = |fence| responses.delete_responses(fence, survey.survey, old, batch);
        let deleted = self.in_batches(batch, delete).await?;
        self.deleted.set(self.deleted.get() + deleted);
        if deleted > 0 {
            tracing::info!(survey = survey.key, deleted, days, "responses past their retention deleted");
        }
        Ok(())
    }

    async fn delete_recordings(
        &self,
        survey: &SurveyRow,
        days: u32,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let (old, recordings) = (before(now, in_days(days)), &self.parts.recordings);
        let delete = |fence| recordings.delete_recordings(fence, survey.survey, old, AUDIO_BATCH);
        let deleted = self.in_batches(AUDIO_BATCH, delete).await?;
        self.deleted_recordings.set(self.deleted_recordings.get() + deleted);
        metrics::counter!(names::RECORDINGS_DELETED).increment(deleted);
        if deleted > 0 {
            tracing::info!(survey = survey.key, deleted, days, "recordings past their retention deleted");
        }
        Ok(())
    }

    /// The newest published version, if it can be read.
    async fn newest(&self, survey: &SurveyRow) -> Result<Option<SurveyGraph>, StorageError> {
        let Some(newest) = survey.newest else { return Ok(None) };
        let version = self.parts.catalog.version(newest.id).await?;
        Ok(version.and_then(|version| SurveyGraph::from_json(&version.document).ok()))
    }

    /// Batch after batch while there is more and the lease is held, but not without end in one round. Between two, others
    /// may write.
    async fn in_batches<'a>(
        &self,
        batch: u32,
        mut step: impl FnMut(Fence) -> StoreFuture<'a, u64>,
    ) -> Result<u64, StorageError> {
        let mut all = 0;
        for _ in 0..BATCHES_PER_ROUND {
            let Some(fence) = self.fence() else { break };
            let done = step(fence).await?;
            all += done;
            if done < u64::from(batch) {
                break;
            }
        }
        Ok(all)
    }

    fn fence(&self) -> Option<Fence> {
        let fence = (self.parts.lease)();
        self.leads.set(fence.is_some());
        fence
    }
}

fn in_days(days: u32) -> Duration {
    Duration::from_secs(u64::from(days) * 86_400)
}

fn before(now: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(by).ok().and_then(|by| now.checked_sub_signed(by)).unwrap_or(DateTime::<Utc>::MIN_UTC)
}
