//! Invites, the messages of the outbox, and what comes back of them.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::invite::InviteCause;
use crate::domain::outbox::{MessageState, Purpose};
use crate::foundation::{ClaimId, MessageId, ResponseId};

/// What is fixed when it is decided whether somebody is invited. Stored with the ask (`OfferRow`) that has the decision and its
/// trace; where the answer was yes, a response begins with that ask.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteFacts {
    /// By what a repetition is known: of all with one reference the first is decided, and holds.
    pub reference: String,
    /// What led to it.
    pub cause: InviteCause,
    /// The response of the call that led to it.
    pub caused_by: Option<ResponseId>,
    /// The recipient's number in E.164; `None` where what was given is none. Never logged.
    pub number: Option<String>,
    /// The language of the messages (BCP 47).
    pub language: String,
    /// Until when it can be answered; `None`: nobody is invited.
    pub expires_at: Option<DateTime<Utc>>,
    /// When to remind of it, unless it was answered.
    pub remind_at: Option<DateTime<Utc>>,
    /// The message that invites.
    pub message: Option<MessageRow>,
}

impl fmt::Debug for InviteFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_invited = self.expires_at.is_some();
        write!(f, "InviteFacts({}, invited: {is_invited})", self.cause.as_str())
    }
}

/// A message as it is put into the outbox.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRow {
    /// Its id: whoever adds it a second time changes nothing.
    pub id: MessageId,
    /// The response it is about.
    pub response: Option<ResponseId>,
    /// What it is for.
    pub purpose: Purpose,
    /// The recipient in E.164. Never logged.
    pub number: String,
    /// Its language (BCP 47).
    pub language: String,
    /// What it says; `None`: that is made when it is sent. Never logged.
    pub text: Option<String>,
    /// The route it is to take; `None`: whichever fits.
    pub route: Option<String>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it is to be sent.
    pub due_at: DateTime<Utc>,
    /// When it is of no use any more.
    pub expires_at: DateTime<Utc>,
}

impl fmt::Debug for MessageRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageRow({}, {})", self.id, self.purpose.as_str())
    }
}

/// A message as a sender has it in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedMessage {
    /// The message.
    pub row: MessageRow,
    /// How often it was handed to a gateway before.
    pub attempt: u32,
    /// How often it was handed over anew although it may have been taken before.
    pub doubles: u32,
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// What becomes of the message: `Queued` to be tried again at `due_at`, or any state that ends it.
    pub state: MessageState,
    /// When it is tried again; without meaning where it is not.
    pub due_at: DateTime<Utc>,
    /// Why; empty: nothing to tell. Without number, text or link.
    pub cause: String,
    /// The gateway's ids of its parts, in order.
    pub gateway_ids: Vec<String>,
    /// Whether it is tried again although it may have been taken: then it is counted.
    pub may_be_double: bool,
    /// Whether it counts as a try of the message: what is the route's own fault does not.
    pub is_try: bool,
}

/// A message and all that is known of it.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// The message.
    pub row: MessageRow,
    /// Where it stands.
    pub state: MessageState,
    /// How often it was handed to a gateway.
    pub attempt: u32,
    /// How often it was handed over anew although it may have been taken before.
    pub doubles: u32,
    /// Parts it was sent in; 0 before.
    pub parts: u32,
    /// The route that had it last.
    pub route: Option<String>,
    /// Why it stands where it does; empty: nothing to tell.
    pub cause: String,
    /// When it was last handed to a gateway.
    pub submitted_at: Option<DateTime<Utc>>,
    /// When it came to where it stands.
    pub changed_at: DateTime<Utc>,
}

impl fmt::Debug for StoredMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredMessage({}, {})", self.row.id, self.state.as_str())
    }
}

/// What a gateway said of a message or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRow {
    /// The route it came by.
    pub route: String,
    /// Ways to write the gateway's id of it, the literal one first; none where only our key is known.
    pub ids: Vec<String>,
    /// Our message, where the gateway named it.
    pub message: Option<MessageId>,
    /// `Accepted`: more is to come; `Delivered` or `Undelivered`.
    pub state: MessageState,
    /// The gateway's own words, for people.
    pub detail: String,
    /// When it came.
    pub at: DateTime<Utc>,
}

/// A message from a phone, by which a repetition is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundRow {
    /// The route it came by.
    pub route: String,
    /// The gateway's id of it.
    pub id: String,
    /// The response and the question's key that it was taken as an answer to, at the time.
    pub answers: Option<(ResponseId, String)>,
    /// When it came.
    pub at: DateTime<Utc>,
}

/// Somebody who wants no messages.
#[derive(Clone, PartialEq, Eq)]
pub struct OptOutRow {
    /// The number in E.164. Never logged.
    pub number: String,
    /// Since when.
    pub at: DateTime<Utc>,
    /// How it is known: `sms`, `gateway`, `portal`, `api`.
    pub source: String,
}

impl fmt::Debug for OptOutRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OptOutRow({})", self.source)
    }
}

/// A route as the node that sends by it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteRow {
    /// Its name.
    pub name: String,
    /// The node.
    pub node: String,
    /// What it speaks: `http` or `smpp`.
    pub kind: String,
    /// How it is: `up`, `waiting`, `down`.
    pub state: String,
    /// Why, for people.
    pub detail: String,
    /// Since when it is so.
    pub changed_at: DateTime<Utc>,
    /// When it was last written down.
    pub seen_at: DateTime<Utc>,
    /// Messages it took, refused, and of which nobody knows, since the node began.
    pub taken: u64,
    /// Those it refused.
    pub refused: u64,
    /// Those of which nobody knows.
    pub unknown: u64,
}

/// An invite as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteRow {
    /// Its id, and the response's where one began.
    pub id: ResponseId,
    /// When it was decided.
    pub at: DateTime<Utc>,
    /// What is fixed of it; `message` is always `None` here.
    pub facts: InviteFacts,
    /// `offered`, or the gate that said no.
    pub result: String,
    /// The trace of all gates, as JSON.
    pub trace: String,
    /// The service's name.
    pub service: Option<String>,
    /// The survey's key; `None` where nobody was invited.
    pub survey: Option<String>,
    /// Where its response stands, as a word.
    pub response: Option<String>,
    /// Where its newest message stands.
    pub message: Option<MessageState>,
}

/// Which invites or messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutboxFilter {
    /// Of this number in E.164.
    pub number: Option<String>,
    /// Messages in one of these states; none: all.
    pub states: Vec<MessageState>,
    /// Invites with this result; `None`: all.
    pub result: Option<String>,
    /// Of this response.
    pub response: Option<ResponseId>,
    /// Older than this one, by time and id.
    pub before: Option<(DateTime<Utc>, [u8; 16])>,
    /// So many at most.
    pub limit: u32,
}

/// A reminder that is due.
#[derive(Clone, PartialEq, Eq)]
pub struct DueReminder {
    /// The invite.
    pub invite: ResponseId,
    /// The recipient in E.164. Never logged.
    pub number: String,
    /// The language of the messages.
    pub language: String,
    /// When the invite ends.
    pub expires_at: DateTime<Utc>,
    /// Whether it is wanted: who began meanwhile, or wants no messages, gets none.
    pub is_wanted: bool,
}

/// The routes, by name, whose messages are sent again when nobody knows what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResendRoutes {
    /// Those that may take a message twice: once more, and counted.
    pub counted: Vec<String>,
    /// Those whose gateway takes a message once however often it comes.
    pub harmless: Vec<String>,
}

/// What a sender found of those before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Messages that were not begun, and wait again.
    pub queued: u64,
    /// Messages of which nobody knows.
    pub unknown: u64,
}

/// Who takes messages in hand, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Of this time.
    pub id: ClaimId,
    /// The time.
    pub at: DateTime<Utc>,
}
