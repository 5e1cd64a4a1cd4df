//! Where everything durable is kept: narrow traits by need, the records they carry, and the engines behind them.
//!
//! Every method is one unit: when its future resolves to `Ok`, what it wrote survives a power cut.
//! The contract suite in `tests/it/storage_contract.rs` says what each method promises, for every engine.

mod account_columns;
mod accounts;
mod board;
mod columns;
pub mod copy;
mod error;
mod found_columns;
mod links;
pub mod mssql;
mod node_columns;
mod outbox;
mod records;
mod report_mail;
mod schema;
pub mod spool;
pub mod sqlite;

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::domain::contact::{Channel, Service};
use crate::domain::lease::{Fence, LeaseHolder, LeaseMark, LeaseRole};
use crate::domain::prompt::PromptName;
use crate::domain::report::Period;
use crate::foundation::{ApiKeyId, PromptId, RecordingId, ResponseId, ServiceId, SurveyId, VersionId};

pub use accounts::AccountStore;
pub use error::{StorageError, StorageErrorKind};
pub use links::{LinkStore, ResponseLinkRow};
pub use outbox::{InviteStore, OutboxStore};
pub use records::{
    AccountChange, AccountRow, ApiKeyRow, AuditRow, CatalogRow, Claim, ClaimedMessage, CountedAhead,
    DraftBase, DraftRow, DraftSaved, DueReminder, Erased, Erasure, FoundPage, FoundPlace, FoundResponse,
    IdentityRow, InboundRow, InviteFacts, InviteRow, KeyScope, LeaseRow, LinkRow, MessageRow, Narrowed,
    NewestVersion, NodeFacts, NodeFigures, NodeRow, NodeSpool, OfferResult, OfferRow, OptOutRow,
    OutboxFilter, PAIR_MARK, Page, PromptAudio, PromptForm, PromptRow, PutPrompt, ReceiptRow, RecordingRow,
    Recovered, ReportFilter, ReportGroup, ReportMail, ReportMailRow, ReportRow, ResendRoutes, ResponseFacts,
    ResponseFilter, ResponseRow, ResponseUpdate, RollupPeriod, RouteRow, SavedViewRow, SendingEnd,
    SendingRow, SessionRow, Settled, StateCountKey, StateCountRow, StorageFacts, StorageVitals,
    StoredMessage, StoredRecording, SurveyRow, TallyKey, TallyRow, UpdateOutcome, ValueFilter, VersionRow,
};
pub use report_mail::ReportMailStore;
pub use schema::{AppliedMigration, MigrationStatus, PendingMigration};
pub use spool::{SpoolStore, SpoolVitals};

/// What every storage method returns; dropping it does not undo the write.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StorageError>> + Send + 'a>>;

/// Offers, responses and answers: what the survey engine writes and reads while calls are in progress.
pub trait ResponseStore: Send + Sync {
    /// Stores an ask for a survey, whether it was offered or not; with `response` the response begins in the same
    /// transaction, with `invite` that and its message are stored with it. A repeat with the same id changes nothing. Where
    /// another ask has the invite's reference, nothing at all is stored, which is no error: `InviteStore::invite_of` tells
    /// which one holds.
    fn insert_offer(&self, offer: OfferRow) -> StoreFuture<'_, ()>;

    /// Writes answers and the state of a response, if its sequence number still is `expected_seq`; all of it or nothing.
    /// The same write again (by its key) is `Stored` and changes nothing, until another has come after it: then it is a
    /// conflict like any other. `follow_up` is stored with it, as by `insert_offer`.
    fn update_response(&self, update: ResponseUpdate) -> StoreFuture<'_, UpdateOutcome>;

    /// A response with all its answers, ordered by question number.
    fn response(&self, id: ResponseId) -> StoreFuture<'_, Option<ResponseRow>>;

    /// The newest response on this channel offered to this call of this service at or after `since`. A call whose survey goes on
    /// by text message has a response on each channel.
    fn response_of_call(
        &self,
        service: ServiceId,
        channel: Channel,
        call_id: String,
        since: DateTime<Utc>,
    ) -> StoreFuture<'_, Option<ResponseId>>;

    /// How many responses of a survey (all versions) were offered at or after `since`.
    fn offered_since(&self, survey: SurveyId, since: DateTime<Utc>) -> StoreFuture<'_, u64>;

    /// When this customer was last offered any survey, at or after `since`.
    fn last_offer_to(&self, customer: String, since: DateTime<Utc>)
    -> StoreFuture<'_, Option<DateTime<Utc>>>;

    /// The newest asks for a survey first, at most `limit`; for "why was this caller not surveyed?".
    /// `call_id` and `customer` narrow them where given.
    fn offers(
        &self,
        call_id: Option<String>,
        customer: Option<String>,
        limit: u32,
    ) -> StoreFuture<'_, Vec<OfferRow>>;

    /// Ends open responses whose last change is before `idle_before`: `partial` with answers, else `expired`. Who is invited
    /// has until the invite is over. At most `limit`; returns how many.
    fn close_idle(
        &self,
        fence: Fence,
        idle_before: DateTime<Utc>,
        now: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64>;

    /// Deletes asks made before `before` that no response began with: they hold callers' numbers too. At most `limit`;
    /// returns how many.
    fn delete_fruitless_offers(
        &self,
        fence: Fence,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64>;

    /// Deletes responses of a survey offered before `before`, with their answers, offers, invites and messages. At most
    /// `limit`; returns how many.
    fn delete_responses(
        &self,
        fence: Fence,
        survey: SurveyId,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64>;
}

/// Services, surveys, versions and what is active where. A change comes with the line of the audit log that tells of it, where
/// a person made it, and both are stored or neither.
pub trait CatalogStore: Send + Sync {
    /// Rises with every change of services, surveys, versions, activations or API keys, by whichever process.
    fn catalog_stamp(&self) -> StoreFuture<'_, u64>;

    /// Everything the engine needs to answer offers: all services, with the active survey's newest version.
    fn catalog(&self) -> StoreFuture<'_, Vec<CatalogRow>>;

    /// One published version.
    fn version(&self, id: VersionId) -> StoreFuture<'_, Option<VersionRow>>;

    /// Adds a service; `Duplicate` when its name (without regard to case) or its number is taken.
    fn add_service(&self, service: Service, audit: Option<AuditRow>) -> StoreFuture<'_, ()>;

    /// All services by name.
    fn services(&self) -> StoreFuture<'_, Vec<Service>>;

    /// Creates or replaces the draft of the survey with this key, if what is there is `base`; the id is only used when it is
    /// new. Of two who save at once on the same base one finds it changed.
    fn save_draft(
        &self,
        draft: DraftRow,
        base: DraftBase,
        audit: Option<AuditRow>,
    ) -> StoreFuture<'_, DraftSaved>;

    /// The draft of a survey.
    fn draft(&self, survey_key: String) -> StoreFuture<'_, Option<DraftRow>>;

    /// All surveys by key.
    fn surveys(&self) -> StoreFuture<'_, Vec<SurveyRow>>;

    /// The versions of a survey, the newest first.
    fn versions(&self, survey_key: String) -> StoreFuture<'_, Vec<VersionRow>>;

    /// Stores a version as the survey's newest and returns its number (1, 2, …). Contacts offered from then on get it.
    fn publish(&self, version: VersionRow, audit: Option<AuditRow>) -> StoreFuture<'_, u32>;

    /// Makes a survey the one active survey of a service, not paused. It replaces whatever was active there.
    fn activate(
        &self,
        service: ServiceId,
        survey: SurveyId,
        now: DateTime<Utc>,
        audit: Option<AuditRow>,
    ) -> StoreFuture<'_, ()>;

    /// Pauses or resumes whatever is active on a service; false when nothing is.
    fn set_paused(
        &self,
        service: ServiceId,
        paused: bool,
        now: DateTime<Utc>,
        audit: Option<AuditRow>,
    ) -> StoreFuture<'_, bool>;
}

/// API keys. A change comes with the line of the audit log that tells of it, where a person made it.
pub trait KeyStore: Send + Sync {
    /// All keys by name, revoked ones too.
    fn keys(&self) -> StoreFuture<'_, Vec<ApiKeyRow>>;

    /// Adds a key; `Duplicate` when a key that is not revoked has this name.
    fn add_key(&self, key: ApiKeyRow, audit: Option<AuditRow>) -> StoreFuture<'_, ()>;

    /// Revokes a key; false when there is none with this name that is not revoked.
    fn revoke_key(&self, name: String, now: DateTime<Utc>, audit: Option<AuditRow>) -> StoreFuture<'_, bool>;

    /// Records when keys were last used.
    fn touch_keys(&self, used: Vec<(ApiKeyId, DateTime<Utc>)>) -> StoreFuture<'_, ()>;
}

/// Responses as people look for them, and what is forgotten of a person.
pub trait ArchiveStore: Send + Sync {
    /// Responses with their answers, the newest first: those of a page.
    fn find_responses(&self, filter: ResponseFilter, page: FoundPage) -> StoreFuture<'_, Vec<FoundResponse>>;

    /// How many responses there are; counted no further than `at_most`.
    fn count_responses(&self, filter: ResponseFilter, at_most: u32) -> StoreFuture<'_, u64>;

    /// The ask that a response began with, or came to nothing.
    fn offer(&self, id: ResponseId) -> StoreFuture<'_, Option<OfferRow>>;

    /// Forgets a customer, by number: that of the contact, of invites and of messages. What there was is written to the audit
    /// log in the same transaction, as the state after. That the number wants no messages stays noted: it is heeded.
    fn erase_customer(&self, customer: String, how: Erasure, audit: AuditRow) -> StoreFuture<'_, Erased>;
}

/// Figures for reports, counted by the database and read page by page. Each page is counted when it is asked for: an answer
/// or a state that changes between two pages may be counted as it was, as it is, as both or not at all.
pub trait ReportStore: Send + Sync {
    /// How often each value was given to each question, by group; ordered by survey, group, version, question and value.
    fn tallies(&self, filter: ReportFilter, page: Page<TallyKey>) -> StoreFuture<'_, Vec<TallyRow>>;

    /// How many responses are in each state, by group; ordered by survey, group and state.
    fn state_counts(
        &self,
        filter: ReportFilter,
        page: Page<StateCountKey>,
    ) -> StoreFuture<'_, Vec<StateCountRow>>;

    /// What of a report was counted ahead, by days and hours of a time zone, and for which times. The rest is to be counted.
    fn counted_ahead(&self, filter: ReportFilter, zone: String) -> StoreFuture<'_, CountedAhead>;
}

/// Figures of times that are over, counted ahead. Whatever changes a response, the figures of its time no longer hold from the
/// same transaction on, until they are counted again.
pub trait RollupStore: Send + Sync {
    /// When the oldest response was offered.
    fn oldest_response(&self) -> StoreFuture<'_, Option<DateTime<Utc>>>;

    /// The periods there are, by time.
    fn rollup_periods(&self) -> StoreFuture<'_, Vec<RollupPeriod>>;

    /// Takes periods away, with their figures, and plans others; `add` are hours and days of `zone`. What does not overlap is
    /// the caller's to see to.
    fn plan_rollups(&self, drop: Vec<Period>, add: Vec<Period>, zone: String) -> StoreFuture<'_, ()>;

    /// Counts a period; false when it is not (or not yet) to be counted, or what it holds changed meanwhile.
    fn count_rollup(&self, fence: Fence, period: Period) -> StoreFuture<'_, bool>;
}

/// Prompts: their audio in every form, by name and language. A change comes with the line of the audit log that tells of it,
/// where a person made it.
pub trait PromptStore: Send + Sync {
    /// Stores a prompt as the one of its name and language, with a rise of the catalog's stamp. The audio it replaces can
    /// still be had by its id, for calls in progress.
    fn put_prompt(
        &self,
        prompt: PromptRow,
        audio: PromptAudio,
        line: Option<AuditRow>,
    ) -> StoreFuture<'_, PutPrompt>;

    /// All prompts there are, by name and language; those that were replaced or removed are not among them.
    fn prompts(&self) -> StoreFuture<'_, Vec<PromptRow>>;

    /// The audio with this id, also when it was replaced or removed not long ago.
    fn prompt_audio(&self, id: PromptId, form: PromptForm) -> StoreFuture<'_, Option<Vec<u8>>>;

    /// Removes the prompt of a name and language, with a rise of the catalog's stamp; false when there is none.
    fn remove_prompt(
        &self,
        name: PromptName,
        language: String,
        now: DateTime<Utc>,
        audit: Option<AuditRow>,
    ) -> StoreFuture<'_, bool>;

    /// Deletes audio that was replaced or removed before `before`. At most `limit`; returns how many.
    fn delete_replaced_prompts(
        &self,
        fence: Fence,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64>;
}

/// Voice recordings. They are written with their answers, by [`ResponseStore::update_response`].
pub trait RecordingStore: Send + Sync {
    /// A recording; its audio is gone once its retention is over.
    fn recording(&self, id: RecordingId) -> StoreFuture<'_, Option<StoredRecording>>;

    /// Deletes the audio of recordings of a survey (all versions) received before `before`; that there was one stays
    /// known. At most `limit`; returns how many.
    fn delete_recordings(
        &self,
        fence: Fence,
        survey: SurveyId,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64>;
}

/// What one node at a time may do. Leases expire by the database's clock; every change of holder raises the epoch.
///
/// A write that takes a [`Fence`] touches nothing unless the lease is in that epoch, and is done before the next holder has
/// the lease or not at all: whoever takes over waits for it, or it finds the new epoch.
pub trait LeaseStore: Send + Sync {
    /// A lease as it stands.
    fn lease(&self, role: LeaseRole) -> StoreFuture<'_, LeaseRow>;

    /// All leases by role.
    fn leases(&self) -> StoreFuture<'_, Vec<LeaseRow>>;

    /// Takes a lease for `ttl`, if it still stands as `found` tells and is free: nobody holds it, its time is over, or an
    /// earlier life of this very node holds it and `heir` says that this life is surely over. Its new epoch; `None` when it
    /// was not to be had. Not to be repeated unseen: whoever got no answer looks.
    fn acquire_lease(
        &self,
        role: LeaseRole,
        holder: LeaseHolder,
        found: LeaseMark,
        ttl: Duration,
        heir: bool,
    ) -> StoreFuture<'_, Option<i64>>;

    /// Prolongs a lease to `ttl` from now; false when it is not (or no longer) this holder's in this epoch, or its time is over.
    fn renew_lease(&self, fence: Fence, holder: LeaseHolder, ttl: Duration) -> StoreFuture<'_, bool>;

    /// Gives a lease back; false when nobody holds it in this epoch. Not in a holder's name only: a person may do it for
    /// one that is gone.
    fn release_lease(&self, fence: Fence) -> StoreFuture<'_, bool>;
}

/// What the nodes that work on this database say of themselves. When they said it is told by the database's clock.
pub trait NodeStore: Send + Sync {
    /// The time by the database's clock.
    fn database_time(&self) -> StoreFuture<'_, DateTime<Utc>>;

    /// Puts what a node says of itself in place of what it said before. `up`: how long its life has lasted.
    fn record_node(&self, facts: NodeFacts, up: Duration) -> StoreFuture<'_, ()>;

    /// The nodes, the one seen last first. One that was not seen for 30 days is left out.
    fn nodes(&self) -> StoreFuture<'_, Vec<NodeRow>>;
}

/// The database as a thing to be kept healthy.
pub trait MaintenanceStore: Send + Sync {
    /// Proves that a durable write works now, without leaving anything behind.
    fn probe(&self) -> StoreFuture<'_, ()>;

    /// What the database is: engine, version, schema, size.
    fn facts(&self) -> StoreFuture<'_, StorageFacts>;

    /// How the writing part is; answers at once, also when the disk hangs.
    fn vitals(&self) -> StorageVitals;

    /// Writes a consistent copy of the whole database to a new file, while work goes on. Refuses to overwrite.
    fn backup(&self, to: PathBuf) -> StoreFuture<'_, u64>;

    /// Folds what stands in logs beside the database into it, so that after a clean stop its file is whole by itself.
    /// Nothing depends on it: what was acknowledged is durable without.
    fn fold_log(&self) -> StoreFuture<'_, ()>;
}

/// Everything a database engine offers; what `cli` hands out to those who need a part of it.
pub trait Storage:
    ResponseStore
    + CatalogStore
    + KeyStore
    + AccountStore
    + ReportStore
    + RollupStore
    + ReportMailStore
    + InviteStore
    + LinkStore
    + OutboxStore
    + ArchiveStore
    + PromptStore
    + RecordingStore
    + LeaseStore
    + NodeStore
    + MaintenanceStore
{
}

impl<T> Storage for T where
    T: ResponseStore
        + CatalogStore
        + KeyStore
        + AccountStore
        + ReportStore
        + RollupStore
        + ReportMailStore
        + InviteStore
        + LinkStore
        + OutboxStore
        + ArchiveStore
        + PromptStore
        + RecordingStore
        + LeaseStore
        + NodeStore
        + MaintenanceStore
{
}
