//! `SurveyEngine` decides who is asked and what comes next, and acknowledges only what is durable.
//!
//! Owns nothing durable: published versions and open responses are cached, the database has them all. Every write names
//! the sequence number it was read with, so a second engine (the next life of this one, or the other node) can never
//! overwrite what this one did.
//! Messages: [`Offer`], [`GiveAnswer`], [`GiveAnswers`], [`GiveRecording`], [`Finish`], [`Look`]; all safe to repeat. VIP-critical.

mod answer;
mod catalog;
mod counters;
mod invite;
mod messages;
mod offer;
mod preview;
mod sessions;

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::domain::sms::{Region, SendingHours};
use crate::foundation::{Chance, Clock};
use crate::storage::{CatalogStore, InviteStore, ResponseStore};
use crate::supervise::{Child, ChildError, Life, Reply, Serves};
use crate::telemetry::metric_names as names;

use catalog::CatalogCache;
use counters::Counters;
use sessions::{CallLocks, SessionCache};

pub use catalog::{PublishedVersion, StampInUse};
pub use messages::{
    EndWish, EngineError, Finish, GiveAnswer, GiveAnswers, GiveRecording, GivenRecording, Invite, Invited,
    Look, Offer, Offered, Seen, StepNote, Turn, TurnReply,
};
pub use preview::{Preview, preview};

/// What the engine is told at start.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// Name of this node, kept with each offer.
    pub node: String,
    /// The site's time zone: where a day begins and what a schedule without a zone means.
    pub site_zone: Tz,
    /// How often published versions are looked up anew; publish, pause and resume take effect within it.
    pub catalog_refresh: Duration,
    /// For how long a repeated ask with the same call id gets the same response.
    pub call_repeat: Duration,
    /// How long after its end a response still takes answers that were under way.
    pub late: Duration,
    /// Open responses kept in memory.
    pub sessions_max: usize,
    /// The region by whose rules numbers without a country code are read.
    pub region: Option<Region>,
    /// The hours of the recipient's day in which invitations go out.
    pub hours: SendingHours,
    /// For how long the site invites nobody again; zero: as each survey says.
    pub invite_cool_down: TimeDelta,
}

/// What the engine works with: handed to every new life of it.
#[derive(Clone)]
pub struct EngineParts {
    /// Offers, responses, answers.
    pub responses: Arc<dyn ResponseStore>,
    /// Invites, and who wants none.
    pub invites: Arc<dyn InviteStore>,
    /// Surveys and services.
    pub catalog: Arc<dyn CatalogStore>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub chance: Arc<dyn Chance>,
    /// Where it is told by which surveys it asks.
    pub stamp: Arc<StampInUse>,
    /// Settings.
    pub settings: EngineSettings,
}

/// The state of one life, shared by the futures in flight on the engine's thread.
struct Engine {
    parts: EngineParts,
    catalog: CatalogCache,
    sessions: SessionCache,
    calls: CallLocks,
    counters: Counters,
}

/// The supervised child.
pub struct SurveyEngine {
    engine: Rc<Engine>,
}

impl SurveyEngine {
    /// A fresh life with empty caches.
    pub fn new(parts: EngineParts) -> Self {
        Self { engine: Rc::new(Engine::new(parts)) }
    }
}

impl Engine {
    fn new(parts: EngineParts) -> Self {
        let sessions = SessionCache::new(parts.settings.sessions_max);
        let (catalog, calls, counters) = Default::default();
        Self { parts, catalog, sessions, calls, counters }
    }
}

impl Child for SurveyEngine {
    fn started(&mut self, life: &mut Life<'_, Self>) -> Result<(), ChildError> {
        let engine = Rc::clone(&self.engine);
        life.repeat(self.engine.parts.settings.catalog_refresh, move || {
            let engine = Rc::clone(&engine);
            async move { engine.refresh_catalog().await }
        });
        Ok(())
    }

    fn observe(&self) -> Value {
        let mut seen = self.engine.counters.to_json();
        let cached = self.engine.sessions.len();
        // Bounded by `sessions_max`, far below 2^32.
        metrics::gauge!(names::RESPONSES_CACHED).set(f64::from(u32::try_from(cached).unwrap_or(u32::MAX)));
        seen["sessions_cached"] = json!(cached);
        seen["catalog"] = self.engine.catalog.to_json();
        seen
    }
}

impl Serves<Offer> for SurveyEngine {
    fn serve(&mut self, message: Offer, _life: &mut Life<'_, Self>) -> Reply<Result<Offered, EngineError>> {
        let engine = Rc::clone(&self.engine);
        Reply::Later(Box::pin(async move { engine.offer(message).await }))
    }
}

impl Serves<GiveAnswer> for SurveyEngine {
    fn serve(&mut self, message: GiveAnswer, _life: &mut Life<'_, Self>) -> Reply<TurnReply> {
        let engine = Rc::clone(&self.engine);
        Reply::Later(Box::pin(async move { engine.answer(message).await }))
    }
}

impl Serves<GiveRecording> for SurveyEngine {
    fn serve(&mut self, message: GiveRecording, _life: &mut Life<'_, Self>) -> Reply<TurnReply> {
        let engine = Rc::clone(&self.engine);
        Reply::Later(Box::pin(async move { engine.recording(message).await }))
    }
}

impl Serves<Invite> for SurveyEngine {
    fn serve(&mut self, message: Invite, _life: &mut Life<'_, Self>) -> Reply<Result<Invited, EngineError>> {
        let engine = Rc::clone(&self.engine);
        Reply::Later(Box::pin(async move { engine.invite(message).await }))
    }
}

impl Serves<GiveAnswers> for SurveyEngine {
    fn serve(&mut self, message: GiveAnswers, _life: &mut Life<'_, Self>) -> Reply<TurnReply> {
        let engine = Rc::clone(&self.engine);
        Reply::Later(Box::pin(async move { engine.answers(message).await }))
    }
}

impl Serves<Look> for SurveyEngine {
    fn serve(&mut self, message: Look, _life: &mut Life<'_, Self>) -> Reply<Result<Seen, EngineError>> {
        let engine = Rc::clone(&self.engine);
        Reply::Later(Box::pin(async move { engine.look(message.response).await }))
    }
}

impl Serves<Finish> for SurveyEngine {
    fn serve(&mut self, message: Finish, _life: &mut Life<'_, Self>) -> Reply<TurnReply> {
        let engine = Rc::clone(&self.engine);
        Reply::Later(Box::pin(async move { engine.finish(message).await }))
    }
}
