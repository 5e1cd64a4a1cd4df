//! What the engine is asked and what it replies. Every message may be delivered twice.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::domain::contact::{CallFacts, Channel};
use crate::domain::invite::InviteCause;
use crate::domain::offer::Outcome;
use crate::domain::response::ResponseState;
use crate::domain::survey::{Progress, Refusal};
use crate::foundation::{RecordingId, ResponseId};
use crate::storage::{StorageError, StorageErrorKind};
use crate::supervise::Request;

use super::PublishedVersion;

/// A contact asks for a survey.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The id the offer will have; made by the asker, so that a repeat of this message is the same offer.
    pub id: ResponseId,
    /// A draw in `0..1` for sampling; made by the asker for the same reason.
    pub draw: f64,
    /// Seed of the order of choices.
    pub seed: i64,
    /// What the script knows.
    pub facts: CallFacts,
    /// The service by name, where there is no dialled number.
    pub service: Option<String>,
    /// The channel of the answers.
    pub channel: Channel,
    /// The language wished for (BCP 47).
    pub language: Option<String>,
}

/// What became of an offer.
#[derive(Debug, Clone)]
pub enum Offered {
    /// Ask this.
    Survey(Turn),
    /// No survey for this contact, and which gate said so.
    None {
        /// The id under which the trace of gates is kept.
        offer: ResponseId,
        /// The gate.
        outcome: Outcome,
    },
}

/// One answer.
#[derive(Debug, Clone)]
pub struct GiveAnswer {
    /// The response.
    pub response: ResponseId,
    /// The question's key.
    pub question: String,
    /// The digits or words as they came.
    pub value: String,
}

/// A recording as an answer.
#[derive(Debug, Clone)]
pub struct GiveRecording {
    /// The response.
    pub response: ResponseId,
    /// The question's key.
    pub question: String,
    /// The recording.
    pub recording: GivenRecording,
}

/// What a caller said.
#[derive(Clone)]
pub struct GivenRecording {
    /// Its id, made of what it holds: the same recording again is a repeat.
    pub id: RecordingId,
    /// A whole WAV file, G.711 8 kHz mono. Never logged.
    pub audio: Arc<[u8]>,
    /// How long it takes to play.
    pub duration: Duration,
}

impl fmt::Debug for GivenRecording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.audio.len();
        write!(f, "GivenRecording({}, {bytes} bytes, {:?})", self.id, self.duration)
    }
}

/// All answers at once, as `4:5:9`.
#[derive(Debug, Clone)]
pub struct GiveAnswers {
    /// The response.
    pub response: ResponseId,
    /// The list.
    pub list: String,
}

/// Where does a response stand? Read anew from the database: another node may have gone on with it.
#[derive(Debug, Clone)]
pub struct Look {
    /// The response.
    pub response: ResponseId,
}

/// A response as somebody sees it who may go back in it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Where it stands.
    pub turn: Turn,
    /// What was answered so far.
    pub progress: Progress,
    /// The seed of the order of choices.
    pub seed: i64,
}

/// The contact ended, or the customer wants no survey.
#[derive(Debug, Clone)]
pub struct Finish {
    /// The response.
    pub response: ResponseId,
    /// What the script says of it.
    pub wish: EndWish,
}

/// Somebody may be invited to a survey by text message.
#[derive(Clone)]
pub struct Invite {
    /// The id the invite will have, and the response that may begin; made by the asker, so that a repeat is the same invite.
    pub id: ResponseId,
    /// A draw in `0..1` for sampling.
    pub draw: f64,
    /// Seed of the order of choices.
    pub seed: i64,
    /// By what the asker knows a repetition; without one by service and call id, and without them by `id`.
    pub reference: Option<String>,
    /// What led to it.
    pub cause: InviteCause,
    /// What is known of the contact.
    pub facts: CallFacts,
    /// The service by name, where there is no dialled number.
    pub service: Option<String>,
    /// The recipient's number as given; the customer's of `facts` when `None`. Never logged.
    pub number: Option<String>,
    /// Whether the asker says that the customer agreed to be written to.
    pub consent: bool,
    /// The language wished for (BCP 47).
    pub language: Option<String>,
}

impl fmt::Debug for Invite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Invite({}, {})", self.id, self.cause.as_str())
    }
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// The invite, and the response where one began.
    pub id: ResponseId,
    /// `offered`, or the gate that said no (`domain::offer::Outcome`).
    pub result: String,
    /// Until when it can be answered; `None`: nobody is invited.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether it was decided before, by an ask with the same reference.
    pub is_repeat: bool,
}

/// How a script ends a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndWish {
    /// The state follows from the answers.
    ByAnswers,
    /// The caller hung up: as by the answers, and the survey may go on by another way.
    HungUp,
    /// The customer declined: `declined` unless something was answered.
    Declined,
}

/// What an answer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepNote {
    /// Stored.
    New,
    /// It was stored already.
    Repeat,
    /// It replaced the answer before.
    Correction,
    /// Nothing was answered by this request.
    None,
}

/// Where a response stands after a request: everything a channel needs to go on.
#[derive(Debug, Clone)]
pub struct Turn {
    /// The response.
    pub response: ResponseId,
    /// The version that is asked.
    pub version: Arc<PublishedVersion>,
    /// The channel.
    pub channel: Channel,
    /// The language.
    pub language: Arc<str>,
    /// The state.
    pub state: ResponseState,
    /// The question to ask next; `None`: thank the customer and end.
    pub next: Option<u16>,
    /// What the request did.
    pub note: StepNote,
    /// All values so far in document order as `4:5:-1`.
    pub results: String,
}

/// The reply to everything but an offer.
pub type TurnReply = Result<Turn, EngineError>;

/// Why the engine did not do it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EngineError {
    /// No response has this id.
    #[error("no response has the id {0}; use the response_id of the reply that offered the survey")]
    UnknownResponse(ResponseId),
    /// The response ended too long ago to take answers.
    #[error("the response ended as {} and takes no more answers", .0.as_str())]
    Closed(ResponseState),
    /// The survey does not allow it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database did not take it. The caller may try again when `may_pass`.
    #[error("{what}")]
    Storage {
        /// The kind of trouble.
        kind: StorageErrorKind,
        /// The whole chain, for the log.
        what: String,
    },
    /// Two writers kept changing the same response.
    #[error("the response is being changed by another request; try again")]
    Busy,
    /// Nothing was read from the database yet.
    #[error("surveys are still being read from the database; try again")]
    Starting,
}

impl From<StorageError> for EngineError {
    fn from(error: StorageError) -> Self {
        Self::Storage { kind: error.kind, what: error.to_string() }
    }
}

impl Request for Offer {
    type Reply = Result<Offered, EngineError>;
}

impl Request for GiveAnswer {
    type Reply = TurnReply;
}

impl Request for Invite {
    type Reply = Result<Invited, EngineError>;
}

impl Request for GiveRecording {
    type Reply = TurnReply;
}

impl Request for GiveAnswers {
    type Reply = TurnReply;
}

impl Request for Look {
    type Reply = Result<Seen, EngineError>;
}

impl Request for Finish {
    type Reply = TurnReply;
}
