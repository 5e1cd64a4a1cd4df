//! What comes back from gateways: receipts, and messages from phones. Any node takes them, whichever sends; nothing is said to
//! have come before it is stored, and what comes twice is taken once.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::actors::survey_engine::{EngineError, GiveAnswer, Look, SurveyEngine, Turn};
use crate::domain::outbox::{MessageState, Purpose};
use crate::domain::sms::{Confirmed, PhoneNumber, Region, Wish, confirmation, receipt_ids, wish_of};
use crate::foundation::{Clock, MessageId, ResponseId};
use crate::outbound::sms::{Inbound, ReceiptState};
use crate::storage::{
    InboundRow, InviteStore, MessageRow, OptOutRow, OutboxFilter, OutboxStore, ReceiptRow, StorageError,
};
use crate::supervise::{ActorRef, AskError};

/// How long a reply to a message from a phone is of use.
const REPLY_HOLDS: TimeDelta = TimeDelta::hours(6);
/// How long the engine may take with an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// Why something that came could not be taken; the gateway is to send it again.
#[derive(Debug, thiserror::Error)]
pub enum InboxError {
    /// The database did not take it.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The survey engine did not.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// It could not be asked.
    #[error(transparent)]
    Ask(#[from] AskError),
}

/// What the inbox works with.
pub struct InboxParts {
    /// The outbox, for receipts and replies.
    pub outbox: Arc<dyn OutboxStore>,
    /// Who wants no messages, and who is in a dialogue.
    pub invites: Arc<dyn InviteStore>,
    /// Answers.
    pub engine: ActorRef<SurveyEngine>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// The region of numbers without a country code.
    pub region: Option<Region>,
    /// Further words for stop.
    pub stop_words: Vec<String>,
    /// What is replied to who asks for help; `None`: such a message is an answer.
    pub help_text: Option<String>,
}

/// Takes what comes back from gateways.
pub struct SmsInbox {
    parts: InboxParts,
}

impl SmsInbox {
    /// An inbox.
    pub fn new(parts: InboxParts) -> Self {
        Self { parts }
    }

    /// Takes what came by a route; only after it returned may the gateway be told that it came.
    pub async fn take(&self, route: &str, inbound: Inbound) -> Result<(), InboxError> {
        let now = self.parts.clock.now();
        match inbound {
            Inbound::Accepted { key, .. } => {
                let receipt = ReceiptRow {
                    route: route.to_owned(),
                    ids: Vec::new(),
                    message: MessageId::of_key(&key),
                    state: MessageState::Accepted,
                    detail: String::new(),
                    at: now,
                };
                self.parts.outbox.take_receipt(receipt).await?;
                Ok(())
            }
            Inbound::Receipt { id, key, state, detail } => {
                let receipt = ReceiptRow {
                    route: route.to_owned(),
                    ids: receipt_ids(&id),
                    message: key.as_deref().and_then(MessageId::of_key),
                    state: state_of(state),
                    detail,
                    at: now,
                };
                self.parts.outbox.take_receipt(receipt).await?;
                Ok(())
            }
            Inbound::Message { id, from, text, .. } => {
                let Ok(number) = PhoneNumber::read(&from, self.parts.region) else {
                    tracing::warn!(
                        route,
                        "a message came from a sender that is no phone number, and was passed over"
                    );
                    return Ok(());
                };
                let came = Came { route, id: &id, number: number.as_str(), now };
                match (wish_of(&text, &self.parts.stop_words), &self.parts.help_text) {
                    (Wish::Stop, _) => self.stop(&came).await,
                    (Wish::Start, _) => self.start(&came).await,
                    (Wish::Help, Some(help)) => self.reply(&came, |_| help.clone()).await,
                    (Wish::Help | Wish::Other, _) => self.answer(&came, &text).await,
                }
            }
        }
    }

    async fn stop(&self, came: &Came<'_>) -> Result<(), InboxError> {
        let row = OptOutRow { number: came.number.to_owned(), at: came.now, source: "sms".to_owned() };
        self.parts.invites.put_opt_out(row, None).await?;
        self.reply(came, |language| confirmation(Confirmed::Stopped, language).to_owned()).await
    }

    async fn start(&self, came: &Came<'_>) -> Result<(), InboxError> {
        if self.parts.invites.delete_opt_out(came.number.to_owned(), None).await? {
            self.reply(came, |language| confirmation(Confirmed::Started, language).to_owned()).await?;
        }
        Ok(())
    }

    /// A message that is an answer in a dialogue. It is noted which question it is taken as an answer to before it is: so that a
    /// repetition of it is never taken for the answer to the next one.
    async fn answer(&self, came: &Came<'_>, text: &str) -> Result<(), InboxError> {
        let Some(response) = self.parts.invites.open_dialogue(came.number.to_owned()).await? else {
            tracing::info!(
                route = came.route,
                "a message came from a phone that nobody asked anything, and was passed over"
            );
            return Ok(());
        };
        let stands = self.parts.engine.ask(Look { response }, ANSWER_WITHIN).await??.turn;
        let due = question_of(&stands).map(|question| (response, question));
        let row = InboundRow {
            route: came.route.to_owned(),
            id: came.id.to_owned(),
            answers: due.clone(),
            at: came.now,
        };
        let known = self.parts.outbox.take_inbound(row).await?;
        let is_repeat = known.is_some();
        let Some((response, question)) = known.map_or(due, |known| known.answers) else { return Ok(()) };
        let given = GiveAnswer { response, question, value: text.to_owned() };
        match self.parts.engine.ask(given, ANSWER_WITHIN).await? {
            Ok(turn) => self.go_on(came, &turn).await,
            // Answered long ago by the first of the two.
            Err(EngineError::Refused(_) | EngineError::Closed(_)) if is_repeat => Ok(()),
            Err(EngineError::Refused(_)) => self.ask_again(came, &stands).await,
            Err(EngineError::Closed(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The next question, or thanks.
    async fn go_on(&self, came: &Came<'_>, turn: &Turn) -> Result<(), InboxError> {
        let graph = &turn.version.graph;
        let text = match turn.next.and_then(|no| graph.at(no)) {
            Some(question) => question.written(&turn.language),
            None => match graph.thanks(&turn.language) {
                Some(thanks) => thanks.to_owned(),
                None => return Ok(()),
            },
        };
        self.say(came, turn, text).await
    }

    async fn ask_again(&self, came: &Came<'_>, stands: &Turn) -> Result<(), InboxError> {
        let question = stands.next.and_then(|no| stands.version.graph.at(no));
        let Some(question) = question else { return Ok(()) };
        let sorry = confirmation(Confirmed::NotUnderstood, &stands.language);
        let text = format!("{sorry} {}", question.written(&stands.language));
        self.say(came, stands, text).await
    }

    /// What is said of no survey, in the language of the last message to this number.
    async fn reply(
        &self,
        came: &Came<'_>,
        words: impl FnOnce(&str) -> String + Send,
    ) -> Result<(), InboxError> {
        let filter =
            OutboxFilter { number: Some(came.number.to_owned()), limit: 1, ..OutboxFilter::default() };
        let last = self.parts.outbox.messages(filter).await?.into_iter().next();
        let language = last.map(|message| message.row.language).unwrap_or_default();
        let text = words(&language);
        let message = came.message(None, Purpose::Confirmation, &language, text);
        Ok(self.parts.outbox.add_message(message, None).await?)
    }

    /// What is said in a survey.
    async fn say(&self, came: &Came<'_>, turn: &Turn, text: String) -> Result<(), InboxError> {
        let message = came.message(Some(turn.response), Purpose::Dialogue, &turn.language, text);
        Ok(self.parts.outbox.add_message(message, None).await?)
    }
}

/// A message from a phone.
struct Came<'a> {
    route: &'a str,
    id: &'a str,
    number: &'a str,
    now: DateTime<Utc>,
}

impl Came<'_> {
    /// The reply to it, which is the same however often it comes; by the route it came by.
    fn message(
        &self,
        response: Option<ResponseId>,
        purpose: Purpose,
        language: &str,
        text: String,
    ) -> MessageRow {
        MessageRow {
            id: MessageId::of(format!("{}\n{}", self.route, self.id).as_bytes(), "reply"),
            response,
            purpose,
            number: self.number.to_owned(),
            language: language.to_owned(),
            text: Some(text),
            route: Some(self.route.to_owned()),
            created_at: self.now,
            due_at: self.now,
            expires_at: self.now + REPLY_HOLDS,
        }
    }
}

fn question_of(turn: &Turn) -> Option<String> {
    Some(turn.version.graph.at(turn.next?)?.key.clone())
}

fn state_of(state: ReceiptState) -> MessageState {
    match state {
        ReceiptState::Pending => MessageState::Accepted,
        ReceiptState::Delivered => MessageState::Delivered,
        ReceiptState::Failed => MessageState::Undelivered,
    }
}
