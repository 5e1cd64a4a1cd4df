//! What every handler can reach.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_web::web::Bytes;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;

use crate::actors::sms_sender::SmsInbox;
use crate::actors::storage_keeper::StorageHealth;
use crate::actors::survey_engine::SurveyEngine;
use crate::actors::vip_keeper::Vip;
use crate::audio::AudioLimits;
use crate::foundation::{Chance, Clock, ConfiguredRoute};
use crate::links::Links;
use crate::storage::{CatalogStore, PromptForm, PromptStore, RecordingStore, ResponseStore, SpoolStore};
use crate::supervise::{ActorRef, Running};

use super::auth::KeyRing;
use super::prompts::PromptShelf;

/// Limits and manners of the API.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// Name of this node.
    pub node: String,
    /// After this long a request is answered with an error, whatever happens behind it.
    pub deadline: Duration,
    /// Largest request body in bytes.
    pub body_max: usize,
    /// Whether a key may stand in the query string, for scripts that can set no header.
    pub key_in_query: bool,
    /// How clients reach this server, for the addresses of prompts and the OpenAPI document; as they already do when not set.
    pub public_url: Option<String>,
    /// Whether the listener speaks TLS, for the addresses of prompts.
    pub secure: bool,
    /// The form in which prompts are named to scripts.
    pub prompt_form: PromptForm,
    /// What is taken as a prompt.
    pub prompt_limits: AudioLimits,
    /// What is taken as a recording; the longest is what its question says.
    pub recording_limits: AudioLimits,
    /// Whether children may be crashed on purpose.
    pub drills: bool,
}

/// Shared by all workers of the listener.
pub struct Api {
    /// Decides who is asked and what comes next.
    pub engine: ActorRef<SurveyEngine>,
    /// The routes of text messages.
    pub sms_routes: Vec<ConfiguredRoute>,
    /// Takes what comes back from their gateways.
    pub sms_inbox: Arc<SmsInbox>,
    /// Who may ask.
    pub keys: Arc<KeyRing>,
    /// Which prompts there are.
    pub prompts: Arc<PromptShelf>,
    /// Prompts and their audio.
    pub prompt_store: Arc<dyn PromptStore>,
    /// Services and what is active on them.
    pub catalog: Arc<dyn CatalogStore>,
    /// Responses, for whoever asks what was answered in a conversation.
    pub responses: Arc<dyn ResponseStore>,
    /// Recordings.
    pub recording_store: Arc<dyn RecordingStore>,
    /// Recordings converted at once: each keeps a processor busy, and calls need one too.
    pub conversions: Semaphore,
    /// Links to the customers' page, once it is known where that stands; never where no node serves it.
    pub links: OnceLock<Links>,
    /// The service of the demo's chat; never anywhere else.
    pub demo_chat: OnceLock<String>,
    /// The running tree, once it runs: how the children are, and crash drills.
    pub tree: Arc<OnceLock<Running>>,
    /// How the database is.
    pub storage_health: StorageHealth,
    /// The spool before the database, where there is one.
    pub spool: Option<Arc<dyn SpoolStore>>,
    /// The virtual IP, where this node has a part in it.
    pub vip: Option<Arc<Vip>>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub chance: Arc<dyn Chance>,
    /// `/openapi.json`, once somebody has asked for it.
    pub openapi: OnceLock<Bytes>,
    /// Renders the metrics.
    pub metrics: PrometheusHandle,
    /// Calls begun and not yet answered.
    pub in_flight: InFlight,
    /// Settings.
    pub settings: ApiSettings,
}

/// Counts what is under way.
#[derive(Debug, Default)]
pub struct InFlight(AtomicU32);

impl InFlight {
    /// Counts one more, until the returned value is dropped.
    pub(super) fn enter(&self) -> impl Drop + use<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Leave(&self.0)
    }

    /// How many there are.
    pub(super) fn count(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

struct Leave<'a>(&'a AtomicU32);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
