//! The outbox in SQL Server, and what comes back of its messages.
//!
//! What is done for every message goes by its key, in one round trip, and takes no lock on the lease: who takes over recovers
//! the messages of who was before, one by one, and finds each either begun or not.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};

use super::accounts::audited;
use super::catalog::{done, told};
use super::change::{Change, first};
use super::packed::{Cell, Kind, Packer, ROWS_MAX, TextUnits, length_of, rows_of};
use super::responses::{all, count};
use super::value::{Value, values};
use super::{Engine, Fault, MssqlStorage, Statement, statements as sql};
use crate::domain::lease::Fence;
use crate::domain::outbox::MessageState;
use crate::foundation::{ClaimId, MessageId, ResponseId};
use crate::storage::columns::Columns;
use crate::storage::outbox::{CLOCKS_DIFFER, RESENT_AFTER, gateway_ids, place, states_text};
use crate::storage::report_mail::cause_text;
use crate::storage::{
    AuditRow, Claim, ClaimedMessage, DueReminder, InboundRow, MessageRow, OutboxFilter, OutboxStore,
    ReceiptRow, Recovered, ResendRoutes, RouteRow, Settled, StorageErrorKind, StoreFuture, StoredMessage,
};

/// A gateway's id of a part.
const PART: [(&str, Kind); 2] = [("gateway_id", Kind::Text), ("part", Kind::Int)];
/// A way to write a gateway's id, the first one first.
const FORM: [(&str, Kind); 2] = [("gateway_id", Kind::Text), ("place", Kind::Int)];
/// A message that goes back.
const BACK: [(&str, Kind); 3] = [("id", Kind::Id), ("due_at", Kind::BigInt), ("cause", Kind::Text)];

static SETTLE: LazyLock<String> = LazyLock::new(|| filled(sql::OUTBOX_SETTLE, &PART));
static RECEIPT: LazyLock<String> = LazyLock::new(|| filled(sql::OUTBOX_RECEIPT, &FORM));
static PUT_BACK: LazyLock<String> = LazyLock::new(|| filled(sql::OUTBOX_PUT_BACK, &BACK));

/// A statement that says `(rows)`, and `(length)` of them; its other parameters begin with @P5.
fn filled(statement: &str, columns: &super::packed::Columns) -> String {
    statement.replace("(rows)", &rows_of(0, columns)).replace("(length)", &length_of(0))
}

/// Ids and their places; none of their characters is one that databases count differently.
fn packed_ids(columns: &[(&'static str, Kind); 2], ids: &[String]) -> Vec<Value> {
    let mut packer = Packer::new(TextUnits::Utf16);
    packer
        .table(columns, (0..).zip(ids.iter().take(ROWS_MAX)).map(|(no, id)| [Cell::Text(id), Cell::Int(no)]));
    packer.finish()
}

impl OutboxStore for MssqlStorage {
    fn add_message(&self, message: MessageRow, audit: Option<AuditRow>) -> StoreFuture<'_, ()> {
        let change = told(Change::of(sql::MESSAGE_INSERT, message_values(&message)), audit.as_ref());
        self.adds("cannot put the message into the outbox", change, done)
    }

    fn claim_messages(&self, fence: Fence, claim: Claim, limit: u32) -> StoreFuture<'_, Vec<ClaimedMessage>> {
        let doing = "cannot take messages in hand";
        let id = claim.id;
        let values = values![id.as_bytes(), claim.at.timestamp_millis(), limit];
        let claimed = self.fenced(doing, sql::OUTBOX_CLAIM, fence, values);
        Box::pin(async move {
            claimed.await?;
            // Also when the claim touched nothing: an attempt that nobody heard the end of may have.
            self.read(doing, sql::OUTBOX_CLAIMED, values![id.as_bytes()], |answers| {
                all(answers, Columns::claimed_message)
            })
            .await
        })
    }

    fn begin_submission(
        &self,
        fence: Fence,
        claim: ClaimId,
        message: MessageId,
        route: String,
        parts: u32,
        at: DateTime<Utc>,
    ) -> StoreFuture<'_, bool> {
        let doing = "cannot note that the message is begun";
        let (at, id) = (at.timestamp_millis(), message.as_bytes());
        let values = values![fence.role.as_str(), fence.epoch, claim.as_bytes(), id, route, parts, at];
        let change = Change::at_once(sql::OUTBOX_BEGIN, values)
            .made_if(sql::OUTBOX_BEGUN, values![id, claim.as_bytes()]);
        let heed = values![id, claim.as_bytes(), at];
        let begun = self.change(doing, change, |made| Ok(made.is_done()));
        Box::pin(async move {
            let begun = begun.await?;
            if !begun {
                self.change(doing, Change::at_once(sql::OUTBOX_HEED, heed), done).await?;
            }
            Ok(begun)
        })
    }

    fn settle_message(
        &self,
        claim: ClaimId,
        message: MessageId,
        settled: Settled,
        at: DateTime<Utc>,
    ) -> StoreFuture<'_, bool> {
        let mut values = packed_ids(&PART, &gateway_ids(&settled.gateway_ids));
        values.extend(values![
            message.as_bytes(),
            claim.as_bytes(),
            settled.state.as_str(),
            settled.due_at.timestamp_millis(),
            cause_text(&settled.cause),
            settled.may_be_double,
            at.timestamp_millis(),
            CLOCKS_DIFFER.num_milliseconds(),
            settled.is_try,
        ]);
        self.run("cannot note what became of the message", move |engine| async move {
            Ok(engine.touched_again(&SETTLE, &values).await? > 0)
        })
    }

    fn put_back(
        &self,
        claim: ClaimId,
        messages: Vec<(MessageId, DateTime<Utc>, String)>,
        at: DateTime<Utc>,
    ) -> StoreFuture<'_, u64> {
        self.run("cannot put messages back", move |engine| async move {
            let mut put = 0;
            for messages in messages.chunks(ROWS_MAX) {
                let mut link = engine.pool.take().await?;
                let mut values = packed_back(messages, link.text_units);
                values.extend(values![claim.as_bytes(), at.timestamp_millis()]);
                put += match link.run(&PUT_BACK, &values).await {
                    Ok(touched) => touched,
                    Err(failure) => {
                        link.undo().await;
                        return Err(engine.struck(&link, failure));
                    }
                };
            }
            Ok(put)
        })
    }

    fn recover_messages(
        &self,
        fence: Fence,
        resend: ResendRoutes,
        at: DateTime<Utc>,
    ) -> StoreFuture<'_, Recovered> {
        let list = |routes: &[String]| format!(",{},", routes.join(","));
        let (counted, harmless) = (list(&resend.counted), list(&resend.harmless));
        let due = (at + RESENT_AFTER).timestamp_millis();
        let values = values![fence.role.as_str(), fence.epoch, at.timestamp_millis(), counted, due, harmless];
        self.run("cannot recover messages", move |engine| async move {
            let answers = engine.ask(Statement::Once(sql::OUTBOX_RECOVER), &values, None).await?;
            let counts: Vec<u64> = all(answers, Columns::count).map_err(|failure| engine.fault(failure))?;
            Ok(match counts[..] {
                // Nothing of it was done, or all of it.
                [touched, unknown] if touched > 0 => {
                    Recovered { queued: touched.saturating_sub(unknown), unknown }
                }
                _ => Recovered::default(),
            })
        })
    }

    fn take_receipt(&self, receipt: ReceiptRow) -> StoreFuture<'_, bool> {
        let mut values = packed_ids(&FORM, &gateway_ids(&receipt.ids));
        let message = receipt.message.map_or_else(Vec::new, |message| message.as_bytes().to_vec());
        values.extend(values![
            receipt.route,
            receipt.state.as_str(),
            cause_text(&receipt.detail),
            receipt.at.timestamp_millis(),
            message,
            Vec::<u8>::new(),
        ]);
        self.run("cannot take the receipt", move |engine| async move {
            Ok(engine.touched_again(&RECEIPT, &values).await? > 0)
        })
    }

    fn take_inbound(&self, inbound: InboundRow) -> StoreFuture<'_, Option<InboundRow>> {
        let doing = "cannot note the message from a phone";
        let key = values![inbound.route.as_str(), inbound.id.as_str()];
        let at = inbound.at.timestamp_millis();
        let (response, question) = inbound.answers.unzip();
        let response = response.map_or_else(Vec::new, |response: ResponseId| response.as_bytes().to_vec());
        let mut taken = key.clone();
        taken.push(at.into());
        let mut values = key.clone();
        values.extend(values![response, question.unwrap_or_default(), at, Vec::<u8>::new()]);
        let change = Change::at_once(sql::SMS_INBOUND_INSERT, values).made_if(sql::SMS_INBOUND_TAKEN, taken);
        let is_new = self.adds(doing, change, |made| Ok(made.is_done()));
        Box::pin(async move {
            if is_new.await? {
                return Ok(None);
            }
            self.read(doing, sql::SMS_INBOUND_GET, key, |answers| {
                Ok(first(answers).map(|mut row| row.inbound()).transpose()?)
            })
            .await
        })
    }

    fn due_reminders(&self, now: DateTime<Utc>, limit: u32) -> StoreFuture<'_, Vec<DueReminder>> {
        let values = values![now.timestamp_millis(), limit];
        self.read("cannot find reminders", sql::REMINDERS_DUE, values, |answers| {
            all(answers, Columns::due_reminder)
        })
    }

    fn remind(&self, fence: Fence, invite: ResponseId, message: Option<MessageRow>) -> StoreFuture<'_, bool> {
        let values = values![fence.role.as_str(), fence.epoch, invite.as_bytes()];
        let reminded = Change::default().or_undo(sql::INVITE_REMINDED, values);
        let change = message
            .iter()
            .fold(reminded, |change, message| change.then(sql::MESSAGE_INSERT, message_values(message)));
        self.change("cannot note the reminder", change, |made| Ok(made.is_done()))
    }

    fn message(&self, id: MessageId) -> StoreFuture<'_, Option<StoredMessage>> {
        self.read("cannot read the message", sql::MESSAGE_GET, values![id.as_bytes()], |answers| {
            Ok(first(answers).map(|mut row| row.stored_message()).transpose()?)
        })
    }

    fn messages(&self, filter: OutboxFilter) -> StoreFuture<'_, Vec<StoredMessage>> {
        let ((at, id), states) = (place(&filter), states_text(&filter.states));
        let response = filter.response.map_or_else(Vec::new, |response| response.as_bytes().to_vec());
        let number = filter.number.unwrap_or_default();
        let values = values![filter.limit, at, &id, number, response, states, Vec::<u8>::new()];
        self.read_long("cannot list the messages", sql::MESSAGES, values, |answers| {
            all(answers, Columns::stored_message)
        })
    }

    fn message_counts(&self) -> StoreFuture<'_, Vec<(MessageState, u64)>> {
        self.read_long("cannot count the messages", sql::MESSAGE_COUNTS, Vec::new(), |answers| {
            Ok(all(answers, Columns::message_count)?.into_iter().flatten().collect())
        })
    }

    fn decide_message(
        &self,
        id: MessageId,
        send_again_until: Option<DateTime<Utc>>,
        at: DateTime<Utc>,
        audit: AuditRow,
    ) -> StoreFuture<'_, bool> {
        let at = at.timestamp_millis();
        let change = match send_again_until {
            Some(until) => {
                let values = values![id.as_bytes(), until.timestamp_millis(), at];
                Change::default().or_undo(sql::MESSAGE_AGAIN, values)
            }
            None => Change::default().or_undo(sql::MESSAGE_TAKEN, values![id.as_bytes(), at]),
        };
        let change = audited(change, &audit);
        self.change("cannot decide about the message", change, |made| Ok(made.is_done()))
    }

    fn note_routes(&self, fence: Fence, routes: Vec<RouteRow>) -> StoreFuture<'_, ()> {
        let mut change = Change::default();
        for route in routes {
            let figure = |figure: u64| i64::try_from(figure).unwrap_or(i64::MAX);
            let values = values![
                fence.role.as_str(),
                fence.epoch,
                route.name,
                route.node,
                route.kind,
                route.state,
                cause_text(&route.detail),
                route.changed_at.timestamp_millis(),
                route.seen_at.timestamp_millis(),
                figure(route.taken),
                figure(route.refused),
                figure(route.unknown),
            ];
            change =
                change.then(sql::SMS_ROUTE_UPDATE, values.clone()).instead(sql::SMS_ROUTE_INSERT, values);
        }
        self.change("cannot note how the routes are", change, done)
    }

    fn routes(&self) -> StoreFuture<'_, Vec<RouteRow>> {
        self.read("cannot list the routes", sql::SMS_ROUTES, Vec::new(), |answers| {
            all(answers, Columns::route)
        })
    }

    fn delete_stale_inbound(&self, fence: Fence, before: DateTime<Utc>, limit: u32) -> StoreFuture<'_, u64> {
        let doing = "cannot delete old receipts and messages from phones";
        self.fenced(doing, sql::SMS_DELETE_STALE, fence, values![before.timestamp_millis(), limit])
    }
}

impl Engine {
    /// Asks a statement that may be repeated, and says how much it touched; once more where somebody else added the same row at
    /// the same moment, which it then finds.
    async fn touched_again(&self, sql: &'static str, values: &[Value]) -> Result<u64, Fault> {
        let answers = match self.ask(Statement::Prepared(sql), values, None).await {
            Err(fault) if fault.kind == StorageErrorKind::Duplicate => {
                self.ask(Statement::Prepared(sql), values, None).await?
            }
            answers => answers?,
        };
        count(answers).map_err(|failure| self.fault(failure))
    }
}

fn packed_back(messages: &[(MessageId, DateTime<Utc>, String)], units: TextUnits) -> Vec<Value> {
    let causes: Vec<String> = messages.iter().map(|(.., cause)| cause_text(cause)).collect();
    let rows = messages.iter().zip(&causes).map(|((id, due, _), cause)| {
        [Cell::Id(id.as_bytes()), Cell::BigInt(due.timestamp_millis()), Cell::Text(cause)]
    });
    let mut packer = Packer::new(units);
    packer.table(&BACK, rows);
    packer.finish()
}

/// The values of a message as it is put into the outbox.
fn message_values(message: &MessageRow) -> Vec<Value> {
    values![
        message.id.as_bytes(),
        message.response.map_or_else(Vec::new, |response| response.as_bytes().to_vec()),
        message.purpose.as_str(),
        message.number.as_str(),
        message.language.as_str(),
        message.text.as_deref().unwrap_or_default(),
        message.route.as_deref().unwrap_or_default(),
        message.created_at.timestamp_millis(),
        message.due_at.timestamp_millis(),
        message.expires_at.timestamp_millis(),
        message.text.is_some(),
        Vec::<u8>::new(),
    ]
}
