//! Responses as people look for them, and what is forgotten of a person.

use std::num::NonZeroU32;

use chrono::{DateTime, Utc};

use super::report::team_marks;
use crate::domain::contact::{CallFacts, Channel};
use crate::domain::response::{Answer, ResponseState};
use crate::foundation::{ResponseId, ServiceId, SurveyId};

/// Which responses; what is `None` is any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResponseFilter {
    /// This one.
    pub id: Option<ResponseId>,
    /// Offered at or after.
    pub from: Option<DateTime<Utc>>,
    /// Offered before.
    pub until: Option<DateTime<Utc>>,
    /// Of this survey, any version.
    pub survey: Option<SurveyId>,
    /// Of this service.
    pub service: Option<ServiceId>,
    /// In this state.
    pub state: Option<ResponseState>,
    /// On this channel.
    pub channel: Option<Channel>,
    /// In this language.
    pub language: Option<String>,
    /// Of this agent, by id or name.
    pub agent: Option<String>,
    /// That came through this queue.
    pub queue: Option<String>,
    /// Of this team's agents.
    pub team: Option<String>,
    /// Only these teams; `None`: all, also contacts of no team.
    pub teams: Option<Vec<String>>,
    /// With an answer to this question, by key; without [`ResponseFilter::value`] it says nothing.
    pub question: Option<String>,
    /// With such an answer, to [`ResponseFilter::question`] or to any.
    pub value: Option<ValueFilter>,
    /// With words of the customer, written or spoken.
    pub with_comment: bool,
    /// Of this customer, by number.
    pub customer: Option<String>,
    /// Of this call, by the contact centre's id.
    pub call_id: Option<String>,
}

/// What an answer has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueFilter {
    /// A number from one to another.
    Number(i32, i32),
    /// The choice with this key.
    Choice(String),
}

/// By which index responses are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::storage) enum FoundBy {
    Time,
    Customer,
    Call,
    Id,
}

/// The place of a response in the list: what comes after it is older.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundPlace {
    /// When it was offered.
    pub offered_at: DateTime<Utc>,
    /// Its id.
    pub id: ResponseId,
}

/// A part of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundPage {
    /// After this one; `None`: from the newest on.
    pub after: Option<FoundPlace>,
    /// So many at most.
    pub limit: NonZeroU32,
}

/// A response in a list, with its answers.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundResponse {
    /// Its id.
    pub id: ResponseId,
    /// When it was offered.
    pub offered_at: DateTime<Utc>,
    /// When the first answer came.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Where it stands.
    pub state: ResponseState,
    /// The channel of the answers.
    pub channel: Channel,
    /// The language asked in.
    pub language: String,
    /// The survey's key.
    pub survey: String,
    /// The survey's name.
    pub survey_name: String,
    /// The version's number.
    pub version: u32,
    /// The service's name.
    pub service: String,
    /// The contact's facts.
    pub call: CallFacts,
    /// The answers, by question number.
    pub answers: Vec<Answer>,
}

impl FoundResponse {
    /// Its place in the list.
    pub fn place(&self) -> FoundPlace {
        FoundPlace { offered_at: self.offered_at, id: self.id }
    }
}

/// How a person is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erasure {
    /// Everything goes: asks, responses, answers, recordings, invites, messages. Figures change.
    Delete,
    /// Who it was goes: the number, the call's id, words, recordings and what messages said; none is sent any more. Scores stay.
    Anonymise,
}

/// What was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Erased {
    /// Asks for a survey.
    pub asks: u64,
    /// Responses.
    pub responses: u64,
    /// Answers.
    pub answers: u64,
    /// Recordings that had their audio.
    pub recordings: u64,
}

/// A filter and a page as statements take them, in the order of their parameters from the second on.
pub(in crate::storage) struct FoundValues {
    pub(in crate::storage) before: (i64, [u8; 16]),
    pub(in crate::storage) from: i64,
    pub(in crate::storage) until: i64,
    pub(in crate::storage) survey: [u8; 16],
    pub(in crate::storage) nothing: [u8; 16],
    pub(in crate::storage) service: [u8; 16],
    /// State, channel, language, agent, queue, team, teams, question.
    pub(in crate::storage) texts: [String; 8],
    /// Which kind of value: 0 any, 1 a number, 2 a choice.
    pub(in crate::storage) value_kind: i64,
    pub(in crate::storage) numbers: (i64, i64),
    pub(in crate::storage) choice: String,
    pub(in crate::storage) with_comment: bool,
    /// Customer and call id.
    pub(in crate::storage) person: [String; 2],
    pub(in crate::storage) id: [u8; 16],
}

impl ResponseFilter {
    pub(in crate::storage) fn found_by(&self) -> FoundBy {
        match self {
            Self { id: Some(_), .. } => FoundBy::Id,
            Self { customer: Some(_), .. } => FoundBy::Customer,
            Self { call_id: Some(_), .. } => FoundBy::Call,
            _ => FoundBy::Time,
        }
    }

    pub(in crate::storage) fn values(&self, after: Option<FoundPlace>) -> FoundValues {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let before = after.map_or((i64::MAX, [u8::MAX; 16]), |place| {
            (place.offered_at.timestamp_millis(), *place.id.as_bytes())
        });
        let until = self.until.map_or(i64::MAX, |until| until.timestamp_millis());
        let (value_kind, numbers, choice) = match &self.value {
            None => (0, (0, 0), String::new()),
            Some(ValueFilter::Number(low, high)) => (1, (i64::from(*low), i64::from(*high)), String::new()),
            Some(ValueFilter::Choice(key)) => (2, (0, 0), key.clone()),
        };
        FoundValues {
            before,
            from: self.from.map_or(i64::MIN, |from| from.timestamp_millis()),
            // What is before the last page's end bounds the index, so that late pages are as quick as the first.
            until: until.min(before.0.saturating_add(1)),
            survey: self.survey.map_or([0; 16], |id| *id.as_bytes()),
            nothing: [0; 16],
            service: self.service.map_or([0; 16], |id| *id.as_bytes()),
            texts: [
                self.state.map_or("", ResponseState::as_str).to_owned(),
                self.channel.map_or("", Channel::as_str).to_owned(),
                text(&self.language),
                text(&self.agent),
                text(&self.queue),
                text(&self.team),
                team_marks(self.teams.as_deref()),
                text(&self.question),
            ],
            value_kind,
            numbers,
            choice,
            with_comment: self.with_comment,
            person: [text(&self.customer), text(&self.call_id)],
            id: self.id.map_or([0; 16], |id| *id.as_bytes()),
        }
    }
}
