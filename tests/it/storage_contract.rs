//! What each storage method promises, for every engine: the cases are written once, [`contract!`] runs them all
//! against an engine given by one line (`storage_engines.rs`).

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use aftercall::domain::contact::{CallFacts, Channel, ForeignId, Name, Number, Service, ServiceChannel};
use aftercall::domain::lease::{Fence, LeaseHolder, LeaseMark, LeaseRole};
use aftercall::domain::prompt::PromptName;
use aftercall::domain::response::{Answer, AnswerValue, ResponseState};
use aftercall::foundation::{
    ApiKeyId, Chance, Clock, LifeId, NodeId, PromptId, RecordingId, ResponseId, SeededChance, ServiceId,
    SurveyId, SystemChance, SystemClock, VersionId, WriteId,
};
use aftercall::storage::sqlite::{SqliteSettings, SqliteStorage};
use aftercall::storage::{
    ApiKeyRow, DraftBase, DraftRow, KeyScope, LeaseRow, LeaseStore, NodeFacts, NodeFigures, NodeRow,
    NodeSpool, OfferRow, Page, PromptAudio, PromptForm, PromptRow, PutPrompt, RecordingRow, ReportFilter,
    ReportGroup, ResponseFacts, ResponseUpdate, StateCountRow, Storage, StorageErrorKind, StoreFuture,
    TallyRow, UpdateOutcome, VersionRow,
};
use chrono::{DateTime, TimeDelta, Utc};

use crate::support::mssql::TestDatabase;

pub mod accounts;
pub mod archive;
pub mod catalog;
pub mod invites;
pub mod keys;
pub mod leases;
pub mod links;
pub mod maintenance;
pub mod nodes;
pub mod outbox;
pub mod prompts;
pub mod receipts;
pub mod recordings;
pub mod recovery;
pub mod report_mails;
pub mod reports;
pub mod responses;
pub mod rollups;

/// A database of an engine, empty but for its migrations, and what keeps it alive.
pub struct Engine {
    pub storage: Arc<dyn Storage>,
    /// A folder for files the test writes.
    pub folder: tempfile::TempDir,
    /// The database of a server, which goes with the test; `None`: a file in the folder.
    pub database: Option<TestDatabase>,
}

impl Engine {
    /// The same database as another node has it.
    pub fn another(&self) -> Arc<dyn Storage> {
        if let Some(database) = &self.database {
            return database.open();
        }
        let settings = SqliteSettings::new(self.folder.path().join("aftercall.db"));
        SqliteStorage::open(&settings, Arc::new(SystemClock::new())).unwrap()
    }

    /// Runs a statement that is the same in both dialects, past the storage.
    pub async fn execute(&self, sql: &str) {
        if let Some(database) = &self.database {
            return database.send(sql).await;
        }
        let file = rusqlite::Connection::open(self.folder.path().join("aftercall.db")).unwrap();
        file.execute_batch(sql).unwrap();
    }
}

/// Runs every case against an engine: `contract!(name, function that makes an Engine for a test of a name, if it can)`.
macro_rules! contract {
    ($engine:ident, $make:expr) => {
        mod $engine {
            crate::storage_contract::cases!($make;
                responses: an_offer_begins_a_response_once,
                responses: an_offer_that_was_refused_begins_no_response,
                responses: every_value_comes_back_as_it_went_in,
                responses: what_many_callers_say_at_once_stays_apart,
                responses: an_update_with_an_old_sequence_number_changes_nothing,
                responses: the_same_write_again_is_stored_once_whatever_came_after_it,
                responses: a_correction_replaces_the_answer_and_only_that,
                responses: of_many_writers_on_one_response_exactly_one_wins_each_turn,
                responses: starts_and_ends_are_recorded_once,
                responses: the_newest_response_of_a_call_is_found_within_its_service_channel_and_time,
                responses: offers_of_a_survey_and_to_a_customer_are_counted_from_a_moment_on,
                responses: asks_are_listed_newest_first_and_narrowed,
                responses: idle_responses_end_as_partial_or_expired_and_no_others,
                responses: responses_are_deleted_oldest_first_with_all_that_hangs_on_them,
                responses: asks_that_led_to_nothing_are_deleted_oldest_first,
                responses: an_unknown_response_is_none_and_a_conflict,
                responses: moments_come_back_to_the_millisecond_wherever_clocks_change,
                accounts: an_account_comes_back_as_it_went_in_and_its_name_is_taken,
                accounts: an_account_and_a_person_of_a_provider_belong_to_each_other_alone,
                accounts: a_change_of_an_account_is_made_with_its_line_of_the_log_or_not_at_all,
                accounts: a_session_is_found_by_its_secret_on_every_node_until_it_is_ended,
                accounts: a_new_password_and_a_lock_end_sessions_and_links_other_changes_do_not,
                accounts: a_link_works_once_until_its_time_is_over_and_not_for_who_is_locked,
                accounts: wrong_passwords_are_counted_by_all_nodes_and_forgotten,
                accounts: the_log_is_read_page_by_page_the_newest_first,
                accounts: what_is_over_is_deleted_under_the_lease_only,
                accounts: a_code_of_the_second_factor_is_good_once,
                accounts: saved_views_are_a_persons_own_and_replaced_by_name,
                archive: responses_are_found_by_everything_people_know_of_them,
                archive: a_person_finds_and_counts_the_own_teams_only_whatever_they_are_called,
                archive: pages_of_responses_follow_each_other_without_gap_or_repeat,
                archive: a_customer_who_is_deleted_leaves_nothing_but_the_proof,
                archive: a_customer_who_is_made_anonymous_leaves_scores_and_no_word,
                catalog: the_fallback_services_are_there_from_the_start,
                catalog: a_service_name_or_number_that_is_taken_is_a_duplicate,
                catalog: a_draft_is_created_once_and_then_replaced,
                catalog: of_two_who_save_a_draft_on_the_same_base_one_is_told,
                catalog: a_change_of_the_catalog_is_made_with_its_line_of_the_log_or_not_at_all,
                catalog: versions_are_listed_the_newest_first,
                catalog: versions_are_numbered_from_one_without_gaps_even_at_once,
                catalog: the_catalog_has_the_newest_version_of_the_active_survey,
                catalog: activating_replaces_what_was_active_and_resumes,
                catalog: pausing_what_is_not_active_is_false,
                catalog: surveys_are_listed_with_where_they_are_active,
                catalog: the_stamp_rises_with_each_change_and_only_then,
                catalog: a_version_of_an_unknown_survey_is_refused,
                keys: keys_come_back_as_they_went_in,
                keys: a_name_is_free_again_once_its_key_is_revoked,
                keys: the_last_use_of_a_key_never_goes_back,
                leases: a_free_lease_is_taken_by_exactly_one_of_many_who_try_at_once,
                leases: each_change_of_holder_raises_the_epoch_and_a_renewal_the_sequence_number,
                leases: a_held_lease_is_taken_by_nobody,
                leases: an_expired_lease_is_taken_and_its_former_holder_is_refused,
                leases: a_lease_that_changed_since_it_was_looked_at_is_not_taken,
                leases: an_heir_takes_the_lease_of_its_own_node_at_once_and_no_others,
                leases: a_lease_that_is_given_back_is_free_at_once,
                leases: leases_tell_their_holder_their_times_and_what_is_left,
                leases: a_lease_for_any_time_is_held,
                leases: a_lease_whose_row_is_gone_is_an_error_and_a_newer_programs_is_passed_over,
                leases: a_write_under_another_epoch_touches_nothing,
                links: a_link_comes_back_as_it_went_in_and_a_response_may_have_several,
                links: a_response_is_open_as_long_as_a_link_to_it_works,
                links: links_go_with_their_customers,
                links: links_go_with_their_responses,
                links: links_long_over_are_deleted_under_the_lease_only,
                nodes: a_node_comes_back_as_it_went_in,
                nodes: a_node_that_is_recorded_again_is_one_node_as_it_is_now,
                nodes: a_life_began_when_it_was_first_recorded_and_a_new_one_later,
                nodes: a_node_that_many_record_at_once_for_the_first_time_is_one,
                nodes: nodes_are_seen_by_the_databases_clock_the_newest_first,
                nodes: a_node_that_was_not_seen_for_thirty_days_is_left_out_until_it_is_back,
                nodes: more_addresses_than_there_is_room_for_are_cut_between_two,
                prompts: a_prompt_comes_back_as_it_went_in,
                prompts: the_same_file_is_stored_once_for_a_name_and_language,
                prompts: replaced_audio_is_still_had_by_its_id_until_it_is_deleted,
                prompts: a_removed_prompt_is_not_listed_and_its_name_is_free,
                prompts: the_stamp_rises_when_prompts_change_and_only_then,
                prompts: replaced_prompts_are_deleted_oldest_first,
                prompts: of_two_at_once_one_prompt_is_in_use,
                recordings: a_recording_comes_back_as_it_went_in,
                recordings: a_recording_replaces_the_one_of_its_question_only,
                recordings: a_skip_or_words_in_place_of_a_recording_delete_it,
                recordings: a_conflict_stores_no_recording,
                recordings: audio_past_its_retention_is_deleted_oldest_first_and_stays_known,
                recordings: a_recording_goes_with_its_response,
                reports: values_are_counted_by_every_group,
                reports: states_are_counted_by_every_group,
                reports: a_report_covers_its_survey_and_time_only,
                reports: texts_and_recordings_are_counted_without_their_words,
                reports: an_agent_who_was_renamed_is_one_group_with_the_newest_name,
                reports: ten_thousand_responses_are_counted_exactly,
                reports: quarter_hours_are_told_apart_where_clocks_change,
                reports: a_report_of_a_hundred_thousand_rows_comes_in_pages_whole_and_in_order,
                reports: pages_of_every_size_give_the_rows_of_one_large_page,
                reports: what_is_stored_between_two_pages_neither_repeats_nor_hides_a_row,
                rollups: what_is_counted_ahead_and_the_rest_are_what_is_counted_at_once,
                rollups: whatever_changes_a_response_its_periods_figures_hold_no_longer,
                rollups: a_period_is_counted_under_the_lease_and_as_it_was_planned_only,
                rollups: what_is_counted_while_callers_answer_is_right_whenever_it_holds,
                report_mails: a_report_by_mail_comes_back_as_it_went_in_and_is_changed_by_its_person_only,
                report_mails: of_many_who_take_a_report_in_hand_exactly_one_does,
                report_mails: a_report_is_taken_in_hand_under_the_lease_and_as_it_was_only,
                report_mails: a_report_that_waits_is_tried_again_by_one_and_what_is_over_by_nobody,
                report_mails: a_report_that_nobody_told_of_is_given_up_and_its_end_may_still_be_told,
                invites: an_invite_is_stored_with_its_ask_and_message_once,
                invites: of_asks_with_one_reference_the_first_holds_and_nothing_is_stored_of_others,
                invites: a_change_and_the_invite_it_leads_to_are_stored_together_or_neither,
                invites: an_invited_response_stays_open_until_its_invite_is_over,
                invites: what_hangs_on_a_response_that_is_deleted_goes_with_it,
                invites: a_customer_who_is_deleted_is_gone_from_invites_and_messages,
                invites: a_customer_who_is_made_anonymous_leaves_no_number_and_no_text,
                invites: who_wants_no_messages_is_noted_once_and_forgotten_when_told,
                invites: a_reminder_is_due_until_it_is_seen_to_once,
                invites: invites_are_listed_page_by_page_the_newest_first,
                invites: the_newest_open_dialogue_with_a_number_is_found,
                outbox: a_message_comes_back_as_it_went_in_and_is_added_once,
                outbox: messages_are_taken_in_hand_the_longest_due_first_and_once,
                outbox: of_many_who_take_messages_in_hand_no_two_get_the_same,
                outbox: what_is_not_to_be_sent_any_more_is_ended_when_it_is_due,
                outbox: a_message_is_begun_under_the_lease_and_by_its_claim_only,
                outbox: who_wants_no_messages_since_a_claim_gets_none,
                outbox: a_try_ends_as_it_is_told_once,
                outbox: what_a_late_sender_tells_holds_unless_another_has_the_message,
                outbox: claimed_messages_are_put_back_unless_they_are_begun,
                recovery: what_senders_before_left_behind_is_recovered_once,
                recovery: a_sender_that_crashed_leaves_its_messages_to_the_next_of_the_same_epoch,
                recovery: what_a_gateway_takes_once_is_sent_again_and_not_counted,
                outbox: a_person_decides_about_a_message_that_stands_still,
                outbox: messages_are_listed_page_by_page_and_counted_by_state,
                outbox: routes_are_as_the_sender_last_saw_them,
                receipts: a_receipt_moves_its_message_on_and_never_back,
                receipts: a_receipt_finds_its_message_by_the_first_form_that_is_known,
                receipts: a_receipt_that_comes_too_early_is_kept_until_its_message_is_settled,
                receipts: a_message_of_parts_is_delivered_when_all_of_them_are,
                receipts: a_receipt_by_our_key_tells_of_a_message_nobody_knows_of,
                receipts: a_receipt_that_comes_just_when_its_message_is_settled_is_not_lost,
                receipts: a_message_from_a_phone_is_taken_once_and_forgotten_in_time,
                maintenance: a_probe_leaves_nothing_behind,
                maintenance: facts_tell_the_engine_and_what_is_stored,
                maintenance: a_backup_never_overwrites,
            );
        }
    };
}
pub(crate) use contract;

/// One test function for each case.
macro_rules! cases {
    ($make:expr; $($module:ident: $case:ident,)*) => {
        $(#[test]
        fn $case() {
            // Without a server the test is named as skipped.
            let Some(engine) = $make(concat!(module_path!(), "::", stringify!($case))) else { return };
            crate::storage_contract::block_on(crate::storage_contract::$module::$case(&engine));
        })*
    };
}
pub(crate) use cases;

/// Runs a future to its end, with tasks beside it.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A moment all cases begin at.
pub fn start() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_790_000_000_123).unwrap()
}

/// `minutes` after [`start`].
pub fn minute(minutes: i64) -> DateTime<Utc> {
    start() + TimeDelta::minutes(minutes)
}

pub fn response_id(at: DateTime<Utc>) -> ResponseId {
    ResponseId::new(at, &SystemChance)
}

pub fn write_id() -> WriteId {
    WriteId::new(start(), &SystemChance)
}

pub fn number(text: &str) -> Option<Number> {
    Number::parse(text).unwrap()
}

pub fn name(text: &str) -> Option<Name> {
    Name::parse(text).unwrap()
}

pub fn call(id: &str) -> Option<ForeignId> {
    ForeignId::parse(id).unwrap()
}

pub fn answer(question_no: u16, value: AnswerValue) -> Answer {
    Answer { question_no, question_key: format!("q{question_no}"), value, at: minute(1) }
}

/// A published survey and a service it can be asked on.
#[derive(Debug, Clone, Copy)]
pub struct Ground {
    pub service: ServiceId,
    pub survey: SurveyId,
    pub version: VersionId,
}

impl Ground {
    /// A survey with this key, published once; the service is `All`.
    pub async fn with_survey(storage: &dyn Storage, key: &str) -> Self {
        let survey = SurveyId::new(start(), &SystemChance);
        let version = VersionId::new(start(), &SystemChance);
        storage.save_draft(draft(survey, key), DraftBase::Any, None).await.unwrap();
        storage.publish(published(version, survey, "{}"), None).await.unwrap();
        let service = storage.services().await.unwrap().into_iter().find(|s| s.name == "All").unwrap().id;
        Self { service, survey, version }
    }

    pub fn facts(&self) -> ResponseFacts {
        ResponseFacts {
            survey: self.survey,
            version: self.version,
            channel: Channel::Voice,
            language: "en".into(),
            seed: 7,
        }
    }

    /// An offer at `at` that began a response.
    pub fn offer(&self, at: DateTime<Utc>) -> OfferRow {
        OfferRow {
            id: response_id(at),
            at,
            facts: CallFacts::default(),
            service: Some(self.service),
            result: "offered".into(),
            trace: "[]".into(),
            node: "node-1".into(),
            response: Some(self.facts()),
            invite: None,
        }
    }

    /// Stores an offer and the answers of its response.
    pub async fn answered(
        &self,
        storage: &dyn Storage,
        offer: OfferRow,
        values: &[AnswerValue],
    ) -> ResponseId {
        let (id, at) = (offer.id, offer.at);
        storage.insert_offer(offer).await.unwrap();
        let answers = (0..).zip(values).map(|(no, value)| answer(no, value.clone())).collect();
        let update = ResponseUpdate {
            id,
            expected_seq: 0,
            answers,
            state: ResponseState::Complete,
            recordings: Vec::new(),
            at,
            write: write_id(),
            follow_up: None,
        };
        assert_eq!(storage.update_response(update).await.unwrap(), UpdateOutcome::Stored);
        id
    }
}

pub fn draft(survey: SurveyId, key: &str) -> DraftRow {
    DraftRow {
        survey,
        key: key.into(),
        name: format!("Survey {key}"),
        document: "{}".into(),
        saved_at: start(),
        saved_by: "amira".into(),
        revision: 1,
    }
}

pub fn published(id: VersionId, survey: SurveyId, document: &str) -> VersionRow {
    VersionRow { id, survey, number: 0, document: document.into(), published_at: start() }
}

/// A node in one of its lives.
pub fn life_of_a_node(name: &str) -> LeaseHolder {
    LeaseHolder {
        name: name.into(),
        node: NodeId::new(start(), &SystemChance),
        life: LifeId::new(start(), &SystemChance),
    }
}

/// Takes the janitor's lease for as long as a test lasts.
pub async fn lead(storage: &dyn LeaseStore) -> Fence {
    lead_as(storage, LeaseRole::Janitor).await
}

/// The same of any lease.
pub async fn lead_as(storage: &dyn LeaseStore, role: LeaseRole) -> Fence {
    let ttl = Duration::from_hours(1);
    let found = storage.lease(role).await.unwrap().view.mark;
    let taken = storage.acquire_lease(role, life_of_a_node("node-1"), found, ttl, false).await.unwrap();
    Fence { role, epoch: taken.unwrap() }
}

/// An update that adds nothing but its state.
pub fn update(
    id: ResponseId,
    expected_seq: i64,
    state: ResponseState,
    answers: Vec<Answer>,
) -> ResponseUpdate {
    let (recordings, at) = (Vec::new(), minute(1));
    ResponseUpdate { id, write: write_id(), expected_seq, answers, state, recordings, at, follow_up: None }
}

/// The kind of the error of something that must fail.
pub async fn refusal<T: std::fmt::Debug>(future: StoreFuture<'_, T>) -> StorageErrorKind {
    future.await.unwrap_err().kind
}
