//! The outbox in SQL Server, and what comes back of its messages.

use chrono::{DateTime, Utc};

use super::accounts::audited;
use super::catalog::{done, told};
use super::change::{Change, first};
use super::invites::id_or_null;
use super::responses::all;
use super::value::{Value, values};
use super::{MssqlStorage, statements as sql};
use crate::domain::lease::Fence;
use crate::domain::outbox::MessageState;
use crate::foundation::{ClaimId, MessageId, ResponseId};
use crate::storage::columns::Columns;
use crate::storage::outbox::{RESENT_AFTER, place, states_text};
use crate::storage::report_mail::cause_text;
use crate::storage::{
    AuditRow, Claim, ClaimedMessage, DueReminder, InboundRow, MessageRow, OutboxFilter, OutboxStore,
    ReceiptRow, Recovered, RouteRow, Settled, StoreFuture, StoredMessage,
};

impl OutboxStore for MssqlStorage {
    fn add_message(&self, message: MessageRow, audit: Option<AuditRow>) -> StoreFuture<'_, ()> {
        let change = told(Change::of(sql::MESSAGE_INSERT, message_values(&message)), audit.as_ref());
        self.change("cannot put the message into the outbox", change, done)
    }

    fn claim_messages(&self, fence: Fence, claim: Claim, limit: u32) -> StoreFuture<'_, Vec<ClaimedMessage>> {
        let at = claim.at.timestamp_millis();
        let id = claim.id;
        let stale = values![fence.role.as_str(), fence.epoch, at, limit];
        let change = Change::of(sql::OUTBOX_END_STALE, stale)
            .then(sql::OUTBOX_CLAIM, values![fence.role.as_str(), fence.epoch, id.as_bytes(), at, limit]);
        let doing = "cannot take messages in hand";
        let claimed = self.change(doing, change, done);
        Box::pin(async move {
            claimed.await?;
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
        let change = Change::default()
            .or_undo(sql::OUTBOX_BEGIN, values)
            .made_if(sql::OUTBOX_BEGUN, values![id, claim.as_bytes()]);
        let heed = Change::of(sql::OUTBOX_HEED, values![id, claim.as_bytes(), at]);
        let begun = self.change(doing, change, |made| Ok(made.is_done()));
        Box::pin(async move {
            let begun = begun.await?;
            if !begun {
                self.change(doing, heed, done).await?;
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
        let doing = "cannot note what became of the message";
        let change = settling(claim, message, &settled, at.timestamp_millis());
        let id = *message.as_bytes();
        let written = self.change(doing, change, |made| Ok(made.is_done()));
        Box::pin(async move {
            if written.await? {
                return Ok(true);
            }
            let mine = values![&id, claim.as_bytes()];
            let mine = self.read(doing, sql::OUTBOX_SETTLED, mine, super::responses::count).await? > 0;
            if !mine && settled.state == MessageState::Accepted {
                self.change(doing, Change::of(sql::OUTBOX_DOUBLE, values![&id]), done).await?;
            }
            Ok(mine)
        })
    }

    fn put_back(
        &self,
        claim: ClaimId,
        messages: Vec<(MessageId, DateTime<Utc>, String)>,
        at: DateTime<Utc>,
    ) -> StoreFuture<'_, u64> {
        let doing = "cannot put messages back";
        Box::pin(async move {
            let mut put = 0;
            for (message, due, cause) in messages {
                let values = values![
                    message.as_bytes(),
                    claim.as_bytes(),
                    due.timestamp_millis(),
                    cause_text(&cause),
                    at.timestamp_millis(),
                ];
                let change = Change::default().or_undo(sql::OUTBOX_PUT_BACK, values);
                put += u64::from(self.change(doing, change, |made| Ok(made.is_done())).await?);
            }
            Ok(put)
        })
    }

    fn recover_messages(
        &self,
        fence: Fence,
        resend: Vec<String>,
        at: DateTime<Utc>,
    ) -> StoreFuture<'_, Recovered> {
        let doing = "cannot recover messages";
        let millis = at.timestamp_millis();
        Box::pin(async move {
            let mut queued = self.fenced(doing, sql::OUTBOX_RECOVER_CLAIMED, fence, values![millis]).await?;
            for route in resend {
                let values = values![millis, route, (at + RESENT_AFTER).timestamp_millis()];
                queued += self.fenced(doing, sql::OUTBOX_RECOVER_RESEND, fence, values).await?;
            }
            let unknown = self.fenced(doing, sql::OUTBOX_RECOVER_UNKNOWN, fence, values![millis]).await?;
            Ok(Recovered { queued, unknown })
        })
    }

    fn take_receipt(&self, receipt: ReceiptRow) -> StoreFuture<'_, bool> {
        Box::pin(async move {
            if let Some((message, id)) = self.part_of(&receipt).await? {
                return self.take_part_receipt(&receipt, message, &id).await;
            }
            if let Some(message) = receipt.message {
                return self.take_message_receipt(&receipt, message).await;
            }
            let kept = self.keep_receipt(&receipt).await?;
            // Its message may have been settled at the same moment, which saw nothing of this yet.
            match self.part_of(&receipt).await? {
                Some((message, id)) => self.take_part_receipt(&receipt, message, &id).await,
                None => Ok(kept),
            }
        })
    }

    fn take_inbound(&self, inbound: InboundRow) -> StoreFuture<'_, Option<InboundRow>> {
        let doing = "cannot note the message from a phone";
        Box::pin(async move {
            let key = values![inbound.route.as_str(), inbound.id.as_str()];
            let known = self.read(doing, sql::SMS_INBOUND_GET, key, |answers| {
                Ok(first(answers).map(|mut row| row.inbound()).transpose()?)
            });
            if let Some(known) = known.await? {
                return Ok(Some(known));
            }
            let (response, question) = inbound.answers.unzip();
            let mut values = values![inbound.route, inbound.id];
            values.push(id_or_null(response.map(|response: ResponseId| *response.as_bytes())));
            values.push(Value::TextOrNull(question));
            values.push(inbound.at.timestamp_millis().into());
            self.change(doing, Change::of(sql::SMS_INBOUND_INSERT, values), done).await?;
            Ok(None)
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
        let mut change = Change::default().or_undo(sql::INVITE_REMINDED, values);
        if let Some(message) = &message {
            change = change
                .then(sql::MESSAGE_INSERT, message_values(message))
                .made_if(sql::MESSAGE_STORED, values![message.id.as_bytes()]);
        }
        self.change("cannot note the reminder", change, |made| Ok(made.is_done()))
    }

    fn message(&self, id: MessageId) -> StoreFuture<'_, Option<StoredMessage>> {
        self.read("cannot read the message", sql::MESSAGE_GET, values![id.as_bytes()], |answers| {
            Ok(first(answers).map(|mut row| row.stored_message()).transpose()?)
        })
    }

    fn messages(&self, filter: OutboxFilter) -> StoreFuture<'_, Vec<StoredMessage>> {
        let ((at, id), states) = (place(&filter), states_text(&filter.states));
        let mut values = values![filter.limit, at, &id];
        values.push(Value::TextOrNull(filter.number));
        values.push(id_or_null(filter.response.map(|response| *response.as_bytes())));
        values.push(states.into());
        self.read("cannot list the messages", sql::MESSAGES, values, |answers| {
            all(answers, Columns::stored_message)
        })
    }

    fn message_counts(&self) -> StoreFuture<'_, Vec<(MessageState, u64)>> {
        self.read("cannot count the messages", sql::MESSAGE_COUNTS, Vec::new(), |answers| {
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
        let values = values![before.timestamp_millis(), limit];
        Box::pin(async move {
            let receipts = self.fenced(doing, sql::SMS_RECEIPTS_DELETE_STALE, fence, values.clone()).await?;
            let inbound = self.fenced(doing, sql::SMS_INBOUND_DELETE_STALE, fence, values).await?;
            Ok(receipts + inbound)
        })
    }
}

impl MssqlStorage {
    /// The message that a receipt is of by one of the gateway's ids, and that id.
    async fn part_of(
        &self,
        receipt: &ReceiptRow,
    ) -> Result<Option<(MessageId, String)>, crate::storage::StorageError> {
        for id in &receipt.ids {
            let key = values![receipt.route.as_str(), id.as_str()];
            let found =
                self.read("cannot find the message of a receipt", sql::SMS_PART_FIND, key, |answers| {
                    Ok(first(answers).map(|mut row| row.id(MessageId::from_bytes)).transpose()?)
                });
            if let Some(message) = found.await? {
                return Ok(Some((message, id.clone())));
            }
        }
        Ok(None)
    }

    fn take_part_receipt(&self, receipt: &ReceiptRow, message: MessageId, id: &str) -> StoreFuture<'_, bool> {
        let at = receipt.at.timestamp_millis();
        let part = values![receipt.route.as_str(), id, receipt.state.as_str(), at];
        let change = Change::default().or_undo(sql::SMS_PART_STATE, part);
        let change = applied(change, message, &receipt.detail, at);
        self.change("cannot take the receipt", change, |made| Ok(made.is_done()))
    }

    fn take_message_receipt(&self, receipt: &ReceiptRow, message: MessageId) -> StoreFuture<'_, bool> {
        let is_bad = receipt.state == MessageState::Undelivered;
        let cause = if is_bad { cause_text(&receipt.detail) } else { String::new() };
        let at = receipt.at.timestamp_millis();
        let values = values![message.as_bytes(), receipt.state.as_str(), cause, at];
        let change = Change::default().or_undo(sql::OUTBOX_RECEIPT, values);
        self.change("cannot take the receipt", change, |made| Ok(made.is_done()))
    }

    fn keep_receipt(&self, receipt: &ReceiptRow) -> StoreFuture<'_, bool> {
        let mut change = Change::default();
        for id in &receipt.ids {
            let values = values![
                receipt.route.as_str(),
                id.as_str(),
                receipt.state.as_str(),
                cause_text(&receipt.detail),
                receipt.at.timestamp_millis(),
            ];
            change =
                change.then(sql::SMS_RECEIPT_UPDATE, values.clone()).instead(sql::SMS_RECEIPT_INSERT, values);
        }
        let any = !receipt.ids.is_empty();
        self.change("cannot keep the receipt", change, move |_| Ok(any))
    }
}

/// The steps that write down how a try ended.
fn settling(claim: ClaimId, message: MessageId, settled: &Settled, at: i64) -> Change {
    let id = message.as_bytes();
    let values = values![
        id,
        claim.as_bytes(),
        settled.state.as_str(),
        settled.due_at.timestamp_millis(),
        cause_text(&settled.cause),
        i64::from(settled.may_be_double),
        at,
    ];
    let mut change = Change::default().or_undo(sql::OUTBOX_SETTLE, values);
    if settled.gateway_ids.is_empty() {
        return change;
    }
    change = change.then(sql::SMS_PARTS_FORGET, values![id]);
    for (part, gateway_id) in (0i64..).zip(&settled.gateway_ids) {
        change = change
            .then(sql::SMS_PART_DELETE, values![id, gateway_id.as_str()])
            .then(sql::SMS_PART_INSERT, values![id, gateway_id.as_str(), part, at]);
    }
    applied(change.then(sql::SMS_PARTS_APPLY, values![id]), message, "", at)
}

/// The steps that bring what is known of a message's parts to the message.
fn applied(change: Change, message: MessageId, detail: &str, at: i64) -> Change {
    change
        .then(sql::OUTBOX_PARTS_DELIVERED, values![message.as_bytes(), at])
        .then(sql::OUTBOX_PARTS_UNDELIVERED, values![message.as_bytes(), at, cause_text(detail)])
}

/// The values of a message as it is put into the outbox.
pub(super) fn message_values(message: &MessageRow) -> Vec<Value> {
    let mut values = values![message.id.as_bytes()];
    values.push(id_or_null(message.response.map(|response| *response.as_bytes())));
    values.extend(values![message.purpose.as_str(), message.number.as_str(), message.language.as_str()]);
    values.push(Value::TextOrNull(message.text.clone()));
    values.push(Value::TextOrNull(message.route.clone()));
    values.extend(values![
        message.created_at.timestamp_millis(),
        message.due_at.timestamp_millis(),
        message.expires_at.timestamp_millis(),
    ]);
    values
}
