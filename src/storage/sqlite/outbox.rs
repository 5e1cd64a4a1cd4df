//! The outbox in `SQLite`, and what comes back of its messages.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, ToSql};

use super::SqliteStorage;
use super::accounts::insert_audit;
use super::connect::{all, first, run};
use super::fault::Failure;
use super::responses::count;
use super::statements as sql;
use crate::domain::lease::Fence;
use crate::domain::outbox::MessageState;
use crate::foundation::{ClaimId, MessageId, ResponseId};
use crate::storage::columns::Columns;
use crate::storage::outbox::{RESENT_AFTER, early_from, gateway_ids, place, states_text};
use crate::storage::report_mail::cause_text;
use crate::storage::{
    AuditRow, Claim, ClaimedMessage, DueReminder, InboundRow, MessageRow, OutboxFilter, OutboxStore,
    ReceiptRow, Recovered, ResendRoutes, RouteRow, Settled, StoreFuture, StoredMessage,
};

impl OutboxStore for SqliteStorage {
    fn add_message(&self, message: MessageRow, audit: Option<AuditRow>) -> StoreFuture<'_, ()> {
        self.write("cannot put the message into the outbox", move |conn| {
            insert_message(conn, &message)?;
            audit.iter().try_for_each(|audit| insert_audit(conn, audit))
        })
    }

    fn claim_messages(&self, fence: Fence, claim: Claim, limit: u32) -> StoreFuture<'_, Vec<ClaimedMessage>> {
        self.write("cannot take messages in hand", move |conn| {
            let (role, at) = (fence.role.as_str(), claim.at.timestamp_millis());
            run(conn, sql::OUTBOX_END_STALE, &[&role, &fence.epoch, &at, &limit])?;
            let values: [&dyn ToSql; 5] = [&role, &fence.epoch, claim.id.as_bytes(), &at, &limit];
            run(conn, sql::OUTBOX_CLAIM, &values)?;
            all(conn, sql::OUTBOX_CLAIMED, &[claim.id.as_bytes()], Columns::claimed_message)
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
        self.write("cannot note that the message is begun", move |conn| {
            let at = at.timestamp_millis();
            let (claim, message) = (claim.as_bytes(), message.as_bytes());
            let values: [&dyn ToSql; 7] =
                [&fence.role.as_str(), &fence.epoch, claim, message, &route, &parts, &at];
            let begun = run(conn, sql::OUTBOX_BEGIN, &values)? > 0;
            if !begun {
                run(conn, sql::OUTBOX_HEED, &[message, claim, &at])?;
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
        self.write("cannot note what became of the message", move |conn| {
            settle(conn, claim, message, &settled, at)
        })
    }

    fn put_back(
        &self,
        claim: ClaimId,
        messages: Vec<(MessageId, DateTime<Utc>, String)>,
        at: DateTime<Utc>,
    ) -> StoreFuture<'_, u64> {
        self.write("cannot put messages back", move |conn| {
            let mut put = 0;
            for (message, due, cause) in &messages {
                let values: [&dyn ToSql; 5] = [
                    message.as_bytes(),
                    claim.as_bytes(),
                    &due.timestamp_millis(),
                    &cause_text(cause),
                    &at.timestamp_millis(),
                ];
                put += run(conn, sql::OUTBOX_PUT_BACK, &values)?;
            }
            count(Ok(put))
        })
    }

    fn recover_messages(
        &self,
        fence: Fence,
        resend: ResendRoutes,
        at: DateTime<Utc>,
    ) -> StoreFuture<'_, Recovered> {
        self.write("cannot recover messages", move |conn| {
            let (role, millis) = (fence.role.as_str(), at.timestamp_millis());
            let under: [&dyn ToSql; 3] = [&role, &fence.epoch, &millis];
            let mut queued = run(conn, sql::OUTBOX_RECOVER_CLAIMED, &under)?;
            let due = (at + RESENT_AFTER).timestamp_millis();
            for route in &resend.counted {
                let values: [&dyn ToSql; 5] = [&role, &fence.epoch, &millis, route, &due];
                queued += run(conn, sql::OUTBOX_RECOVER_RESEND, &values)?;
            }
            for route in &resend.harmless {
                let values: [&dyn ToSql; 5] = [&role, &fence.epoch, &millis, route, &due];
                queued += run(conn, sql::OUTBOX_RECOVER_HARMLESS, &values)?;
            }
            let unknown = run(conn, sql::OUTBOX_RECOVER_UNKNOWN, &under)?;
            Ok(Recovered { queued: count(Ok(queued))?, unknown: count(Ok(unknown))? })
        })
    }

    fn take_receipt(&self, receipt: ReceiptRow) -> StoreFuture<'_, bool> {
        self.write("cannot take the receipt", move |conn| take_receipt(conn, &receipt))
    }

    fn take_inbound(&self, inbound: InboundRow) -> StoreFuture<'_, Option<InboundRow>> {
        self.write("cannot note the message from a phone", move |conn| {
            let known = first(conn, sql::SMS_INBOUND_GET, &[&inbound.route, &inbound.id], Columns::inbound)?;
            if known.is_none() {
                let (response, question) = inbound.answers.as_ref().map(|(r, q)| (r.as_bytes(), q)).unzip();
                let values: [&dyn ToSql; 5] =
                    [&inbound.route, &inbound.id, &response, &question, &inbound.at.timestamp_millis()];
                run(conn, sql::SMS_INBOUND_INSERT, &values)?;
            }
            Ok(known)
        })
    }

    fn due_reminders(&self, now: DateTime<Utc>, limit: u32) -> StoreFuture<'_, Vec<DueReminder>> {
        self.read("cannot find reminders", move |conn| {
            all(conn, sql::REMINDERS_DUE, &[&now.timestamp_millis(), &limit], Columns::due_reminder)
        })
    }

    fn remind(&self, fence: Fence, invite: ResponseId, message: Option<MessageRow>) -> StoreFuture<'_, bool> {
        self.write("cannot note the reminder", move |conn| {
            let values: [&dyn ToSql; 3] = [&fence.role.as_str(), &fence.epoch, invite.as_bytes()];
            let first_time = run(conn, sql::INVITE_REMINDED, &values)? > 0;
            if first_time {
                message.iter().try_for_each(|message| insert_message(conn, message))?;
            }
            Ok(first_time)
        })
    }

    fn message(&self, id: MessageId) -> StoreFuture<'_, Option<StoredMessage>> {
        self.read("cannot read the message", move |conn| {
            first(conn, sql::MESSAGE_GET, &[id.as_bytes()], Columns::stored_message)
        })
    }

    fn messages(&self, filter: OutboxFilter) -> StoreFuture<'_, Vec<StoredMessage>> {
        self.read_long("cannot list the messages", move |conn| {
            let ((at, id), states) = (place(&filter), states_text(&filter.states));
            let response = filter.response.as_ref().map(ResponseId::as_bytes);
            let values: [&dyn ToSql; 6] = [&filter.limit, &at, &id, &filter.number, &response, &states];
            all(conn, sql::MESSAGES, &values, Columns::stored_message)
        })
    }

    fn message_counts(&self) -> StoreFuture<'_, Vec<(MessageState, u64)>> {
        self.read_long("cannot count the messages", move |conn| {
            let counts = all(conn, sql::MESSAGE_COUNTS, &[], Columns::message_count)?;
            Ok(counts.into_iter().flatten().collect())
        })
    }

    fn decide_message(
        &self,
        id: MessageId,
        send_again_until: Option<DateTime<Utc>>,
        at: DateTime<Utc>,
        audit: AuditRow,
    ) -> StoreFuture<'_, bool> {
        self.write("cannot decide about the message", move |conn| {
            let at = at.timestamp_millis();
            let decided = match send_again_until {
                Some(until) => {
                    run(conn, sql::MESSAGE_AGAIN, &[id.as_bytes(), &until.timestamp_millis(), &at])?
                }
                None => run(conn, sql::MESSAGE_TAKEN, &[id.as_bytes(), &at])?,
            };
            if decided > 0 {
                insert_audit(conn, &audit)?;
            }
            Ok(decided > 0)
        })
    }

    fn note_routes(&self, fence: Fence, routes: Vec<RouteRow>) -> StoreFuture<'_, ()> {
        self.write("cannot note how the routes are", move |conn| {
            for route in &routes {
                let figure = |figure: u64| i64::try_from(figure).unwrap_or(i64::MAX);
                let values: [&dyn ToSql; 12] = [
                    &fence.role.as_str(),
                    &fence.epoch,
                    &route.name,
                    &route.node,
                    &route.kind,
                    &route.state,
                    &cause_text(&route.detail),
                    &route.changed_at.timestamp_millis(),
                    &route.seen_at.timestamp_millis(),
                    &figure(route.taken),
                    &figure(route.refused),
                    &figure(route.unknown),
                ];
                if run(conn, sql::SMS_ROUTE_UPDATE, &values)? == 0 {
                    run(conn, sql::SMS_ROUTE_INSERT, &values)?;
                }
            }
            Ok(())
        })
    }

    fn routes(&self) -> StoreFuture<'_, Vec<RouteRow>> {
        self.read("cannot list the routes", move |conn| all(conn, sql::SMS_ROUTES, &[], Columns::route))
    }

    fn delete_stale_inbound(&self, fence: Fence, before: DateTime<Utc>, limit: u32) -> StoreFuture<'_, u64> {
        self.write("cannot delete old receipts and messages from phones", move |conn| {
            let values: [&dyn ToSql; 4] =
                [&fence.role.as_str(), &fence.epoch, &before.timestamp_millis(), &limit];
            let receipts = run(conn, sql::SMS_RECEIPTS_DELETE_STALE, &values)?;
            count(Ok(receipts + run(conn, sql::SMS_INBOUND_DELETE_STALE, &values)?))
        })
    }
}

/// Puts a message into the outbox, unless it is there.
pub(super) fn insert_message(conn: &Connection, message: &MessageRow) -> Result<(), Failure> {
    let values: [&dyn ToSql; 10] = [
        message.id.as_bytes(),
        &message.response.as_ref().map(ResponseId::as_bytes),
        &message.purpose.as_str(),
        &message.number,
        &message.language,
        &message.text,
        &message.route,
        &message.created_at.timestamp_millis(),
        &message.due_at.timestamp_millis(),
        &message.expires_at.timestamp_millis(),
    ];
    run(conn, sql::MESSAGE_INSERT, &values).map(drop)
}

fn settle(
    conn: &Connection,
    claim: ClaimId,
    message: MessageId,
    settled: &Settled,
    at: DateTime<Utc>,
) -> Result<bool, Failure> {
    let (id, millis) = (message.as_bytes(), at.timestamp_millis());
    let values: [&dyn ToSql; 8] = [
        id,
        claim.as_bytes(),
        &settled.state.as_str(),
        &settled.due_at.timestamp_millis(),
        &cause_text(&settled.cause),
        &settled.may_be_double,
        &millis,
        &settled.is_try,
    ];
    let written = run(conn, sql::OUTBOX_SETTLE, &values)? > 0;
    let mine =
        written || first(conn, sql::OUTBOX_SETTLED, &[id, claim.as_bytes()], Columns::count)? > Some(0);
    if !mine {
        if settled.state == MessageState::Accepted {
            run(conn, sql::OUTBOX_DOUBLE, &[id])?;
        }
        return Ok(false);
    }
    if written && settled.state == MessageState::Accepted {
        run(conn, sql::SMS_PARTS_FORGET, &[id])?;
    }
    note_parts(conn, message, &gateway_ids(&settled.gateway_ids), millis)?;
    Ok(true)
}

/// Notes the gateway's ids of a message's parts, and takes in what was said of them before.
fn note_parts(conn: &Connection, message: MessageId, ids: &[String], at: i64) -> Result<(), Failure> {
    let id = message.as_bytes();
    if ids.is_empty() {
        return Ok(());
    }
    let sent = first(conn, sql::OUTBOX_ROUTE, &[id], |row| Ok((row.get()?, row.time_or_null()?)))?;
    let Some((Some(route), since)) = sent else { return Ok(()) };
    let (route, mut cause): (String, String) = (route, String::new());
    for (part, gateway_id) in (0i64..).zip(ids) {
        run(conn, sql::SMS_PART_DELETE, &[&route, gateway_id, id])?;
        run(conn, sql::SMS_PART_INSERT, &[&route, gateway_id, id, &part, &at])?;
        let values: [&dyn ToSql; 3] = [&route, gateway_id, &early_from(since)];
        let early = first(conn, sql::SMS_RECEIPT_GET, &values, |row| {
            Ok((row.get::<String>()?, row.get::<String>()?))
        })?;
        let Some((state, detail)) = early else { continue };
        run(conn, sql::SMS_PART_STATE, &[&route, gateway_id, &state, &at])?;
        run(conn, sql::SMS_RECEIPT_DELETE, &[&route, gateway_id])?;
        if state == MessageState::Undelivered.as_str() {
            cause = detail;
        }
    }
    apply_parts(conn, message, &cause, at).map(drop)
}

/// What is known of a message's parts, for the message; whether it moved.
fn apply_parts(conn: &Connection, message: MessageId, detail: &str, at: i64) -> Result<bool, Failure> {
    let id = message.as_bytes();
    let delivered = run(conn, sql::OUTBOX_PARTS_DELIVERED, &[id, &at])?;
    Ok(delivered + run(conn, sql::OUTBOX_PARTS_UNDELIVERED, &[id, &at, &cause_text(detail)])? > 0)
}

fn take_receipt(conn: &Connection, receipt: &ReceiptRow) -> Result<bool, Failure> {
    let (state, at) = (receipt.state.as_str(), receipt.at.timestamp_millis());
    let ids = gateway_ids(&receipt.ids);
    for id in &ids {
        let found =
            first(conn, sql::SMS_PART_FIND, &[&receipt.route, id], |row| row.id(MessageId::from_bytes))?;
        let Some(message) = found else { continue };
        let moved = run(conn, sql::SMS_PART_STATE, &[&receipt.route, id, &state, &at])? > 0;
        return Ok(apply_parts(conn, message, &receipt.detail, at)? || moved);
    }
    if let Some(message) = receipt.message {
        // It names the whole message: its parts are not told apart.
        let cause = if receipt.state == MessageState::Undelivered {
            cause_text(&receipt.detail)
        } else {
            String::new()
        };
        return Ok(run(conn, sql::OUTBOX_RECEIPT, &[message.as_bytes(), &state, &cause, &at])? > 0);
    }
    let mut kept = 0;
    for id in &ids {
        let values: [&dyn ToSql; 5] = [&receipt.route, id, &state, &cause_text(&receipt.detail), &at];
        kept += run(conn, sql::SMS_RECEIPT_UPDATE, &values)?;
        kept += run(conn, sql::SMS_RECEIPT_INSERT, &values)?;
    }
    Ok(kept > 0)
}
