//! What every handler of the portal can reach.

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Data;
use chrono_tz::Tz;
use moka::future::Cache;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::error::PortalError;
use super::oidc::SingleSignOn;
use super::page::Throttle;
use super::session::SignedIn;
use crate::audit::{Deed, audit_row};
use crate::config::ShownSetting;
use crate::domain::sms::Region;
use crate::foundation::{Chance, Clock, Secret, has_hash, hash_password};
use crate::http::state::Api;
use crate::reports::folder::ReportFolder;
use crate::storage::{
    AccountRow, AccountStore, ArchiveStore, AuditRow, CatalogStore, InviteStore, KeyStore, LeaseStore,
    LinkStore, NodeStore, OutboxStore, ReportMailStore, ReportStore, ResponseStore, SessionRow,
};

/// Passwords hashed at once: each keeps a processor busy, and calls need one too.
const HASHED_AT_ONCE: usize = 2;
/// Sessions kept in memory, for the time the database is away.
const KNOWN_SESSIONS: u64 = 10_000;

/// Manners of the portal.
#[derive(Debug, Clone)]
pub struct PortalSettings {
    /// Name of this node.
    pub node: String,
    /// Whether browsers reach it over TLS only.
    pub secure: bool,
    /// Where the links begin that it hands out.
    pub url: String,
    /// Unused for this long, a session is over.
    pub session_idle: Duration,
    /// A session is over after this long.
    pub session_longest: Duration,
    /// How long a link works by which a password is set.
    pub link_works: Duration,
    /// Proxies before the portal, whose word counts for where a request came from.
    pub proxies: Vec<IpAddr>,
    /// The site's time zone.
    pub zone: Tz,
    /// No score is shown for fewer answers.
    pub min_answers: u64,
    /// Origins of the pages that may show the survey in their chat.
    pub widget_origins: Vec<String>,
    /// The routes of text messages, by name.
    pub sms_routes: Vec<String>,
    /// The region by whose rules numbers without a country code are read.
    pub region: Option<Region>,
    /// Whether there is a mail server.
    pub sends_mail: bool,
    /// Every setting of this node, for those who look after it.
    pub shown: Vec<ShownSetting>,
    /// After this long a question to the database is given up.
    pub patience: Duration,
}

/// What a portal is made of: what every handler works with.
pub struct PortalParts {
    /// People, their sessions, the audit log.
    pub accounts: Arc<dyn AccountStore>,
    /// Responses as people look for them.
    pub archive: Arc<dyn ArchiveStore>,
    /// Offers and responses.
    pub responses: Arc<dyn ResponseStore>,
    /// Invites, and who wants none.
    pub invites: Arc<dyn InviteStore>,
    /// Messages, and the routes they go by.
    pub outbox: Arc<dyn OutboxStore>,
    /// The nodes.
    pub nodes: Arc<dyn NodeStore>,
    /// What one node at a time may do.
    pub leases: Arc<dyn LeaseStore>,
    /// Surveys and services.
    pub catalog: Arc<dyn CatalogStore>,
    /// Keys of machines.
    pub keys: Arc<dyn KeyStore>,
    /// Counts of answers.
    pub reports: Arc<dyn ReportStore>,
    /// The folder of reports, where this node has one.
    pub report_folder: Option<ReportFolder>,
    /// Links of customers.
    pub links: Arc<dyn LinkStore>,
    /// Reports by mail.
    pub report_mails: Arc<dyn ReportMailStore>,
    /// The machines' side of this node: how it is, prompts and recordings.
    pub api: Data<Api>,
    /// Signing in by a provider; `None`: by password only.
    pub single_sign_on: Option<SingleSignOn>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub chance: Arc<dyn Chance>,
    /// Cancelled when this node is about to stop: what would go on for long ends.
    pub leaving: CancellationToken,
    /// Settings.
    pub settings: PortalSettings,
}

/// Shared by all workers of the portal's listener.
pub struct Portal {
    parts: PortalParts,
    hashing: Semaphore,
    /// How fast one address may look for surveys.
    pub(super) throttle: Throttle,
    /// Sessions as they were last read, by the hash of their secret.
    pub(super) known: Cache<[u8; 32], (SessionRow, AccountRow)>,
}

impl Deref for Portal {
    type Target = PortalParts;

    fn deref(&self) -> &PortalParts {
        &self.parts
    }
}

impl Portal {
    /// A portal that knows no session yet.
    pub fn new(parts: PortalParts) -> Self {
        let idle = parts.settings.session_idle;
        let known = Cache::builder().max_capacity(KNOWN_SESSIONS).time_to_live(idle).build();
        Self { parts, hashing: Semaphore::new(HASHED_AT_ONCE), throttle: Throttle::new(), known }
    }

    /// The line of the audit log for what somebody does now.
    pub(super) fn told(&self, person: &SignedIn, deed: Deed<'_>) -> AuditRow {
        audit_row(&person.actor(), deed, self.clock.now(), &*self.chance)
    }

    /// Whether a password has this hash, found out on a thread for such work.
    pub(super) async fn is_password(
        &self,
        password: Secret<String>,
        hash: Option<Secret<String>>,
    ) -> Result<bool, PortalError> {
        self.work(move || has_hash(password.expose(), hash.as_ref())).await
    }

    /// The hash of a password, made on a thread for such work.
    pub(super) async fn hash(&self, password: Secret<String>) -> Result<Secret<String>, PortalError> {
        let chance = Arc::clone(&self.chance);
        let hashed = self.work(move || hash_password(password.expose(), &*chance)).await?;
        hashed.map_err(|error| PortalError::internal(&error))
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PortalError> {
        let _turn =
            self.hashing.acquire().await.map_err(|error| PortalError::internal(&error.to_string()))?;
        actix_web::web::block(work).await.map_err(|error| PortalError::internal(&error.to_string()))
    }
}
