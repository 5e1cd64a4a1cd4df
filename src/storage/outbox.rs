//! Invites, the outbox and what comes back: what is promised of them.

use chrono::{DateTime, TimeDelta, Utc};

use super::columns::{Columns, Unreadable};

use super::InviteFacts;
use super::{
    AuditRow, Claim, ClaimedMessage, DueReminder, InboundRow, InviteRow, MessageRow, OptOutRow, OutboxFilter,
    ReceiptRow, Recovered, ResendRoutes, RouteRow, Settled, StoreFuture, StoredMessage,
};
use crate::domain::invite::InviteCause;
use crate::domain::lease::Fence;
use crate::domain::outbox::{MessageState, Purpose};
use crate::foundation::{ClaimId, MessageId, ResponseId};

/// How long a receipt is waited for before a message is sent again that a sender had begun when it ended.
pub(super) const RESENT_AFTER: TimeDelta = TimeDelta::minutes(1);

/// How much earlier than its message was handed over a receipt of it may seem to have come: clocks of two nodes differ. One
/// that is older is of another message that had the same id.
pub(super) const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(1);

/// The longest id of a gateway that is told from another, in UTF-16 units.
const GATEWAY_ID_LONGEST: usize = 100;

/// Who was invited, and who wants no messages. An invite is stored with its ask (`ResponseStore::insert_offer`).
pub trait InviteStore: Send + Sync {
    /// What was decided under this reference.
    fn invite_of(&self, reference: String) -> StoreFuture<'_, Option<InviteRow>>;

    /// The invite with this id.
    fn invite(&self, id: ResponseId) -> StoreFuture<'_, Option<InviteRow>>;

    /// Invites, the newest first.
    fn invites(&self, filter: OutboxFilter) -> StoreFuture<'_, Vec<InviteRow>>;

    /// The open response of a dialogue of text messages with this number, the newest.
    fn open_dialogue(&self, number: String) -> StoreFuture<'_, Option<ResponseId>>;

    /// Since when this number wants no messages.
    fn opt_out(&self, number: String) -> StoreFuture<'_, Option<OptOutRow>>;

    /// Who wants no messages, the newest first: at most `limit` that are older than `before`; only `number` where given.
    fn opt_outs(
        &self,
        number: Option<String>,
        before: Option<DateTime<Utc>>,
        limit: u32,
    ) -> StoreFuture<'_, Vec<OptOutRow>>;

    /// Notes that a number wants no messages; who did before is kept as it is.
    fn put_opt_out(&self, opt_out: OptOutRow, audit: Option<AuditRow>) -> StoreFuture<'_, ()>;

    /// Forgets that a number wants no messages; false, and nothing is written, when it did not.
    fn delete_opt_out(&self, number: String, audit: Option<AuditRow>) -> StoreFuture<'_, bool>;
}

/// Messages to be sent. A message is in the hand of one sender at a time, under its lease; what it says of it is written down
/// by the claim it was taken with, so that one who was late changes nothing that another has begun.
pub trait OutboxStore: Send + Sync {
    /// Adds a message; the same id again changes nothing.
    fn add_message(&self, message: MessageRow, audit: Option<AuditRow>) -> StoreFuture<'_, ()>;

    /// Takes at most `limit` messages in hand that wait and are due at `claim.at`, the longest due first. Those whose time is
    /// over, whose number wants no messages (by purpose) or whose response is over are ended instead, in the same transaction.
    fn claim_messages(&self, fence: Fence, claim: Claim, limit: u32) -> StoreFuture<'_, Vec<ClaimedMessage>>;

    /// Notes that a claimed message is about to be handed to a gateway, before a byte of it is: false, and then it must not be,
    /// when the lease or the claim is not its sender's any more, or its number wants no messages since.
    fn begin_submission(
        &self,
        fence: Fence,
        claim: ClaimId,
        message: MessageId,
        route: String,
        parts: u32,
        at: DateTime<Utc>,
    ) -> StoreFuture<'_, bool>;

    /// Writes down how a try ended, also late: as long as no other claim has the message. Receipts that came before the gateway's
    /// ids were known are applied. False when another claim has it: then it may have been sent twice, and that is counted.
    fn settle_message(
        &self,
        claim: ClaimId,
        message: MessageId,
        settled: Settled,
        at: DateTime<Utc>,
    ) -> StoreFuture<'_, bool>;

    /// Puts messages back that were claimed and not begun, to be sent at `due_at`; returns whether each still was.
    fn put_back(
        &self,
        claim: ClaimId,
        messages: Vec<(MessageId, DateTime<Utc>, String)>,
        at: DateTime<Utc>,
    ) -> StoreFuture<'_, u64>;

    /// What senders before left behind, of earlier epochs of the lease or, where a part of this node crashed, of this one: claimed
    /// messages wait again, begun ones are unknown, unless their route's are sent again. Only for who has nothing in hand yet.
    fn recover_messages(
        &self,
        fence: Fence,
        resend: ResendRoutes,
        at: DateTime<Utc>,
    ) -> StoreFuture<'_, Recovered>;

    /// Takes a receipt: finds the message by key or by one of the ids, and moves it on, never back. One that nobody knows is
    /// kept until its message is settled. False when it changed nothing.
    fn take_receipt(&self, receipt: ReceiptRow) -> StoreFuture<'_, bool>;

    /// Notes a message from a phone; what stands there of it before, when it came already.
    fn take_inbound(&self, inbound: InboundRow) -> StoreFuture<'_, Option<InboundRow>>;

    /// Invites whose reminder is due: at most `limit`.
    fn due_reminders(&self, now: DateTime<Utc>, limit: u32) -> StoreFuture<'_, Vec<DueReminder>>;

    /// Adds a reminder, once for its invite (`message.response`); `None`: there is to be none. False when it was done before.
    fn remind(&self, fence: Fence, invite: ResponseId, message: Option<MessageRow>) -> StoreFuture<'_, bool>;

    /// One message.
    fn message(&self, id: MessageId) -> StoreFuture<'_, Option<StoredMessage>>;

    /// Messages, the newest first.
    fn messages(&self, filter: OutboxFilter) -> StoreFuture<'_, Vec<StoredMessage>>;

    /// How many messages there are in each state.
    fn message_counts(&self) -> StoreFuture<'_, Vec<(MessageState, u64)>>;

    /// A person's word on a message that is refused, undelivered, expired or unknown: sent again from now on until `expires_at`
    /// (which is counted where it may have been taken), or, for one that is unknown, `None`: taken as sent. False, and nothing
    /// is written, when it stands elsewhere by now.
    fn decide_message(
        &self,
        id: MessageId,
        send_again_until: Option<DateTime<Utc>>,
        at: DateTime<Utc>,
        audit: AuditRow,
    ) -> StoreFuture<'_, bool>;

    /// Writes down how the routes are.
    fn note_routes(&self, fence: Fence, routes: Vec<RouteRow>) -> StoreFuture<'_, ()>;

    /// The routes by name.
    fn routes(&self) -> StoreFuture<'_, Vec<RouteRow>>;

    /// Deletes receipts nobody knows and messages from phones that came before `before`; at most `limit` of each.
    fn delete_stale_inbound(&self, fence: Fence, before: DateTime<Utc>, limit: u32) -> StoreFuture<'_, u64>;
}

/// A gateway's ids as they are stored, each once: as much of each as there is room for.
pub(super) fn gateway_ids(ids: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(ids.len());
    for id in ids {
        // Characters outside the basic plane would be counted in two ways; no gateway's id has one.
        let id: String = id.chars().filter(|c| c.len_utf16() == 1).take(GATEWAY_ID_LONGEST).collect();
        if !kept.contains(&id) {
            kept.push(id);
        }
    }
    kept
}

/// From when on a receipt may be of a message that was handed over then.
pub(super) fn early_from(submitted_at: Option<DateTime<Utc>>) -> i64 {
    submitted_at.map_or(i64::MIN, |at| (at - CLOCKS_DIFFER).timestamp_millis())
}

/// States as a list in which each stands between two commas; empty: all.
pub(super) fn states_text(states: &[MessageState]) -> String {
    if states.is_empty() {
        return String::new();
    }
    let words: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
    format!(",{},", words.join(","))
}

/// Where a list goes on: behind this time and id, or at its beginning.
pub(super) fn place(filter: &OutboxFilter) -> (i64, [u8; 16]) {
    filter.before.map_or((i64::MAX, [0xFF; 16]), |(at, id)| (at.timestamp_millis(), id))
}

impl Columns {
    fn message_row(&mut self) -> Result<MessageRow, Unreadable> {
        Ok(MessageRow {
            id: self.id(MessageId::from_bytes)?,
            response: self.id_or_null(ResponseId::from_bytes)?,
            purpose: self.word(Purpose::parse)?,
            number: self.get()?,
            language: self.get()?,
            text: self.get()?,
            route: self.get()?,
            created_at: self.time()?,
            due_at: self.time()?,
            expires_at: self.time()?,
        })
    }

    /// A message in hand.
    pub(super) fn claimed_message(&mut self) -> Result<ClaimedMessage, Unreadable> {
        Ok(ClaimedMessage { row: self.message_row()?, attempt: self.get()?, doubles: self.get()? })
    }

    /// A message and all that is known of it.
    pub(super) fn stored_message(&mut self) -> Result<StoredMessage, Unreadable> {
        Ok(StoredMessage {
            row: self.message_row()?,
            attempt: self.get()?,
            doubles: self.get()?,
            state: self.word(MessageState::parse)?,
            parts: self.get()?,
            route: self.get()?,
            cause: self.get()?,
            submitted_at: self.time_or_null()?,
            changed_at: self.time()?,
        })
    }

    /// An invite.
    pub(super) fn invite(&mut self) -> Result<InviteRow, Unreadable> {
        Ok(InviteRow {
            id: self.id(ResponseId::from_bytes)?,
            at: self.time()?,
            facts: InviteFacts {
                reference: self.get()?,
                cause: self.word(InviteCause::parse)?,
                caused_by: self.id_or_null(ResponseId::from_bytes)?,
                number: self.get()?,
                language: self.get()?,
                expires_at: self.time_or_null()?,
                remind_at: self.time_or_null()?,
                message: None,
            },
            result: self.get()?,
            trace: self.get()?,
            service: self.get()?,
            survey: self.get()?,
            response: self.get()?,
            message: self.get::<Option<String>>()?.as_deref().and_then(MessageState::parse),
        })
    }

    /// Somebody who wants no messages.
    pub(super) fn opt_out(&mut self) -> Result<OptOutRow, Unreadable> {
        Ok(OptOutRow { number: self.get()?, at: self.time()?, source: self.get()? })
    }

    /// A message from a phone.
    pub(super) fn inbound(&mut self) -> Result<InboundRow, Unreadable> {
        let (route, id) = (self.get()?, self.get()?);
        let response = self.id_or_null(ResponseId::from_bytes)?;
        let question: Option<String> = self.get()?;
        Ok(InboundRow { route, id, answers: response.zip(question), at: self.time()? })
    }

    /// A reminder that is due.
    pub(super) fn due_reminder(&mut self) -> Result<DueReminder, Unreadable> {
        Ok(DueReminder {
            invite: self.id(ResponseId::from_bytes)?,
            number: self.get()?,
            language: self.get()?,
            expires_at: self.time()?,
            is_wanted: self.get()?,
        })
    }

    /// How many messages are in a state; `None` for one that this program does not know.
    pub(super) fn message_count(&mut self) -> Result<Option<(MessageState, u64)>, Unreadable> {
        let word: String = self.get()?;
        let count = self.count()?;
        Ok(MessageState::parse(&word).map(|state| (state, count)))
    }

    /// A route.
    pub(super) fn route(&mut self) -> Result<RouteRow, Unreadable> {
        Ok(RouteRow {
            name: self.get()?,
            node: self.get()?,
            kind: self.get()?,
            state: self.get()?,
            detail: self.get()?,
            changed_at: self.time()?,
            seen_at: self.time()?,
            taken: self.count()?,
            refused: self.count()?,
            unknown: self.count()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_gateways_are_kept_once_in_their_order_and_as_long_as_there_is_room() {
        let long = "x".repeat(GATEWAY_ID_LONGEST + 1);
        let ids = ["b", "a", "b", "1\u{1F600}2", &long].map(str::to_owned);
        assert_eq!(gateway_ids(&ids), ["b", "a", "12", &long[1..]]);
    }
}
