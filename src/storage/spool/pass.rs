//! Everything that is no part of a call: passed on to the database, which is there or is not. Lists come from what was kept.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Mode, SpooledStorage, is_away};
use crate::domain::account::{Attempts, UserName};
use crate::domain::contact::Service;
use crate::domain::lease::{Fence, LeaseHolder, LeaseMark, LeaseRole};
use crate::domain::prompt::PromptName;
use crate::domain::report::Period;
use crate::foundation::{
    AccountId, ApiKeyId, AuditId, PromptId, RecordingId, ResponseId, ServiceId, SessionId, SurveyId,
    VersionId, ViewId,
};
use crate::storage::{
    AccountChange, AccountRow, AccountStore, ApiKeyRow, ArchiveStore, AuditRow, CatalogRow, CatalogStore,
    CountedAhead, DraftBase, DraftRow, DraftSaved, Erased, Erasure, FoundPage, FoundResponse, KeyStore,
    LeaseRow, LeaseStore, LinkRow, MaintenanceStore, NodeFacts, NodeRow, NodeStore, OfferRow, Page,
    PromptAudio, PromptForm, PromptRow, PromptStore, PutPrompt, RecordingStore, ReportFilter, ReportStore,
    ResponseFilter, RollupPeriod, RollupStore, SavedViewRow, SessionRow, StateCountKey, StateCountRow,
    StorageFacts, StorageVitals, StoreFuture, StoredRecording, SurveyRow, TallyKey, TallyRow, VersionRow,
};

impl CatalogStore for SpooledStorage {
    fn catalog_stamp(&self) -> StoreFuture<'_, u64> {
        Box::pin(self.stamp())
    }

    fn catalog(&self) -> StoreFuture<'_, Vec<CatalogRow>> {
        Box::pin(self.catalog_rows())
    }

    fn version(&self, id: VersionId) -> StoreFuture<'_, Option<VersionRow>> {
        Box::pin(self.version_row(id))
    }

    fn add_service(&self, service: Service, audit: Option<AuditRow>) -> StoreFuture<'_, ()> {
        self.primary.add_service(service, audit)
    }

    fn services(&self) -> StoreFuture<'_, Vec<Service>> {
        self.primary.services()
    }

    fn save_draft(
        &self,
        draft: DraftRow,
        base: DraftBase,
        audit: Option<AuditRow>,
    ) -> StoreFuture<'_, DraftSaved> {
        self.primary.save_draft(draft, base, audit)
    }

    fn draft(&self, survey_key: String) -> StoreFuture<'_, Option<DraftRow>> {
        self.primary.draft(survey_key)
    }

    fn surveys(&self) -> StoreFuture<'_, Vec<SurveyRow>> {
        self.primary.surveys()
    }

    fn versions(&self, survey_key: String) -> StoreFuture<'_, Vec<VersionRow>> {
        self.primary.versions(survey_key)
    }

    fn publish(&self, version: VersionRow, audit: Option<AuditRow>) -> StoreFuture<'_, u32> {
        self.primary.publish(version, audit)
    }

    fn activate(
        &self,
        service: ServiceId,
        survey: SurveyId,
        now: DateTime<Utc>,
        audit: Option<AuditRow>,
    ) -> StoreFuture<'_, ()> {
        self.primary.activate(service, survey, now, audit)
    }

    fn set_paused(
        &self,
        service: ServiceId,
        paused: bool,
        now: DateTime<Utc>,
        audit: Option<AuditRow>,
    ) -> StoreFuture<'_, bool> {
        self.primary.set_paused(service, paused, now, audit)
    }
}

impl KeyStore for SpooledStorage {
    fn keys(&self) -> StoreFuture<'_, Vec<ApiKeyRow>> {
        Box::pin(self.key_rows())
    }

    fn add_key(&self, key: ApiKeyRow, audit: Option<AuditRow>) -> StoreFuture<'_, ()> {
        self.primary.add_key(key, audit)
    }

    fn revoke_key(&self, name: String, now: DateTime<Utc>, audit: Option<AuditRow>) -> StoreFuture<'_, bool> {
        self.primary.revoke_key(name, now, audit)
    }

    fn touch_keys(&self, used: Vec<(ApiKeyId, DateTime<Utc>)>) -> StoreFuture<'_, ()> {
        self.primary.touch_keys(used)
    }
}

impl AccountStore for SpooledStorage {
    fn accounts(&self) -> StoreFuture<'_, Vec<AccountRow>> {
        self.primary.accounts()
    }

    fn account(&self, name: UserName) -> StoreFuture<'_, Option<AccountRow>> {
        self.primary.account(name)
    }

    fn account_of_identity(&self, issuer: String, subject: String) -> StoreFuture<'_, Option<AccountRow>> {
        self.primary.account_of_identity(issuer, subject)
    }

    fn add_account(
        &self,
        account: AccountRow,
        link: Option<LinkRow>,
        audit: AuditRow,
    ) -> StoreFuture<'_, ()> {
        self.primary.add_account(account, link, audit)
    }

    fn change_account(&self, id: AccountId, change: AccountChange, audit: AuditRow) -> StoreFuture<'_, bool> {
        self.primary.change_account(id, change, audit)
    }

    fn put_link(&self, link: LinkRow, audit: AuditRow) -> StoreFuture<'_, ()> {
        self.primary.put_link(link, audit)
    }

    fn link(&self, hash: [u8; 32]) -> StoreFuture<'_, Option<(LinkRow, AccountRow)>> {
        self.primary.link(hash)
    }

    fn redeem_link(
        &self,
        link: LinkRow,
        change: AccountChange,
        now: DateTime<Utc>,
        audit: AuditRow,
    ) -> StoreFuture<'_, bool> {
        self.primary.redeem_link(link, change, now, audit)
    }

    fn begin_session(&self, session: SessionRow, audit: AuditRow) -> StoreFuture<'_, ()> {
        self.primary.begin_session(session, audit)
    }

    fn session(&self, token_hash: [u8; 32]) -> StoreFuture<'_, Option<(SessionRow, AccountRow)>> {
        self.primary.session(token_hash)
    }

    fn touch_session(&self, id: SessionId, at: DateTime<Utc>) -> StoreFuture<'_, ()> {
        self.primary.touch_session(id, at)
    }

    fn sessions(&self, account: AccountId) -> StoreFuture<'_, Vec<SessionRow>> {
        self.primary.sessions(account)
    }

    fn end_session(&self, account: AccountId, id: SessionId, audit: AuditRow) -> StoreFuture<'_, bool> {
        self.primary.end_session(account, id, audit)
    }

    fn attempts(&self, keys: Vec<String>) -> StoreFuture<'_, Vec<Option<Attempts>>> {
        self.primary.attempts(keys)
    }

    fn note_failure(
        &self,
        keys: Vec<String>,
        now: DateTime<Utc>,
        forget_before: DateTime<Utc>,
    ) -> StoreFuture<'_, ()> {
        self.primary.note_failure(keys, now, forget_before)
    }

    fn forget_failures(&self, key: String) -> StoreFuture<'_, ()> {
        self.primary.forget_failures(key)
    }

    fn note_audit(&self, audit: AuditRow) -> StoreFuture<'_, ()> {
        self.primary.note_audit(audit)
    }

    fn audit(&self, before: Option<AuditId>, limit: u32) -> StoreFuture<'_, Vec<AuditRow>> {
        self.primary.audit(before, limit)
    }

    fn take_totp_step(&self, account: AccountId, step: i64) -> StoreFuture<'_, bool> {
        self.primary.take_totp_step(account, step)
    }

    fn saved_views(&self, account: AccountId) -> StoreFuture<'_, Vec<SavedViewRow>> {
        self.primary.saved_views(account)
    }

    fn put_saved_view(&self, view: SavedViewRow) -> StoreFuture<'_, ()> {
        self.primary.put_saved_view(view)
    }

    fn delete_saved_view(&self, account: AccountId, id: ViewId) -> StoreFuture<'_, bool> {
        self.primary.delete_saved_view(account, id)
    }

    fn delete_stale_sign_ins(
        &self,
        fence: Fence,
        now: DateTime<Utc>,
        unused_since: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        self.primary.delete_stale_sign_ins(fence, now, unused_since, limit)
    }
}

impl ArchiveStore for SpooledStorage {
    fn find_responses(&self, filter: ResponseFilter, page: FoundPage) -> StoreFuture<'_, Vec<FoundResponse>> {
        self.primary.find_responses(filter, page)
    }

    fn count_responses(&self, filter: ResponseFilter, at_most: u32) -> StoreFuture<'_, u64> {
        self.primary.count_responses(filter, at_most)
    }

    fn offer(&self, id: ResponseId) -> StoreFuture<'_, Option<OfferRow>> {
        self.primary.offer(id)
    }

    fn erase_customer(&self, customer: String, how: Erasure, audit: AuditRow) -> StoreFuture<'_, Erased> {
        self.primary.erase_customer(customer, how, audit)
    }
}

impl ReportStore for SpooledStorage {
    fn tallies(&self, filter: ReportFilter, page: Page<TallyKey>) -> StoreFuture<'_, Vec<TallyRow>> {
        self.primary.tallies(filter, page)
    }

    fn state_counts(
        &self,
        filter: ReportFilter,
        page: Page<StateCountKey>,
    ) -> StoreFuture<'_, Vec<StateCountRow>> {
        self.primary.state_counts(filter, page)
    }

    fn counted_ahead(&self, filter: ReportFilter, zone: String) -> StoreFuture<'_, CountedAhead> {
        self.primary.counted_ahead(filter, zone)
    }
}

impl RollupStore for SpooledStorage {
    fn oldest_response(&self) -> StoreFuture<'_, Option<DateTime<Utc>>> {
        self.primary.oldest_response()
    }

    fn rollup_periods(&self) -> StoreFuture<'_, Vec<RollupPeriod>> {
        self.primary.rollup_periods()
    }

    fn plan_rollups(&self, drop: Vec<Period>, add: Vec<Period>, zone: String) -> StoreFuture<'_, ()> {
        self.primary.plan_rollups(drop, add, zone)
    }

    fn count_rollup(&self, fence: Fence, period: Period) -> StoreFuture<'_, bool> {
        self.primary.count_rollup(fence, period)
    }
}

impl PromptStore for SpooledStorage {
    fn put_prompt(
        &self,
        prompt: PromptRow,
        audio: PromptAudio,
        line: Option<AuditRow>,
    ) -> StoreFuture<'_, PutPrompt> {
        self.primary.put_prompt(prompt, audio, line)
    }

    fn prompts(&self) -> StoreFuture<'_, Vec<PromptRow>> {
        Box::pin(self.prompt_rows())
    }

    fn prompt_audio(&self, id: PromptId, form: PromptForm) -> StoreFuture<'_, Option<Vec<u8>>> {
        Box::pin(self.audio(id, form))
    }

    fn remove_prompt(
        &self,
        name: PromptName,
        language: String,
        now: DateTime<Utc>,
        audit: Option<AuditRow>,
    ) -> StoreFuture<'_, bool> {
        self.primary.remove_prompt(name, language, now, audit)
    }

    fn delete_replaced_prompts(
        &self,
        fence: Fence,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        self.primary.delete_replaced_prompts(fence, before, limit)
    }
}

impl RecordingStore for SpooledStorage {
    fn recording(&self, id: RecordingId) -> StoreFuture<'_, Option<StoredRecording>> {
        self.primary.recording(id)
    }

    fn delete_recordings(
        &self,
        fence: Fence,
        survey: SurveyId,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        self.primary.delete_recordings(fence, survey, before, limit)
    }
}

impl LeaseStore for SpooledStorage {
    fn lease(&self, role: LeaseRole) -> StoreFuture<'_, LeaseRow> {
        self.primary.lease(role)
    }

    fn leases(&self) -> StoreFuture<'_, Vec<LeaseRow>> {
        self.primary.leases()
    }

    fn acquire_lease(
        &self,
        role: LeaseRole,
        holder: LeaseHolder,
        found: LeaseMark,
        ttl: Duration,
        heir: bool,
    ) -> StoreFuture<'_, Option<i64>> {
        self.primary.acquire_lease(role, holder, found, ttl, heir)
    }

    fn renew_lease(&self, fence: Fence, holder: LeaseHolder, ttl: Duration) -> StoreFuture<'_, bool> {
        self.primary.renew_lease(fence, holder, ttl)
    }

    fn release_lease(&self, fence: Fence) -> StoreFuture<'_, bool> {
        self.primary.release_lease(fence)
    }
}

impl NodeStore for SpooledStorage {
    fn database_time(&self) -> StoreFuture<'_, DateTime<Utc>> {
        self.primary.database_time()
    }

    fn record_node(&self, facts: NodeFacts, up: Duration) -> StoreFuture<'_, ()> {
        self.primary.record_node(facts, up)
    }

    fn nodes(&self) -> StoreFuture<'_, Vec<NodeRow>> {
        self.primary.nodes()
    }
}

impl MaintenanceStore for SpooledStorage {
    fn probe(&self) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            if self.mode() == Mode::Direct {
                match self.attempt(self.primary.probe()).await {
                    Err(error) if is_away(&error) && self.can_serve_alone() => self.leave(&error),
                    done => return done,
                }
            }
            // Callers are served as long as this file takes what they do.
            self.file.probe().await
        })
    }

    fn facts(&self) -> StoreFuture<'_, StorageFacts> {
        self.primary.facts()
    }

    fn vitals(&self) -> StorageVitals {
        // The database's writer may be stuck while nobody waits for it any more.
        if self.mode() == Mode::Direct { self.primary.vitals() } else { self.file.vitals() }
    }

    fn backup(&self, to: PathBuf) -> StoreFuture<'_, u64> {
        self.primary.backup(to)
    }

    fn fold_log(&self) -> StoreFuture<'_, ()> {
        self.primary.fold_log()
    }
}
