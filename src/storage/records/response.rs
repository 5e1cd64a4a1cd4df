//! Offers, responses, their changes and recordings.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::InviteFacts;
use crate::domain::contact::{CallFacts, Channel};
use crate::domain::response::{Answer, ResponseState};
use crate::foundation::{RecordingId, ResponseId, ServiceId, SurveyId, VersionId, WriteId};

/// Outcome word of an ask for a survey, `offered` or the gate that said no (`domain::offer`).
pub type OfferResult = String;

/// One ask for a survey and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfferRow {
    /// Its id; the response's id when one began.
    pub id: ResponseId,
    /// When it was asked.
    pub at: DateTime<Utc>,
    /// The contact's facts as given.
    pub facts: CallFacts,
    /// The service it was found to belong to.
    pub service: Option<ServiceId>,
    /// `offered`, or the gate that said no.
    pub result: OfferResult,
    /// The trace of all gates, as JSON.
    pub trace: String,
    /// The node that answered.
    pub node: String,
    /// The response that begins with this offer.
    pub response: Option<ResponseFacts>,
    /// What there is of an invite, where the survey is offered by one; boxed, for most are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<Box<InviteFacts>>,
}

/// What is fixed when a response begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseFacts {
    /// The survey.
    pub survey: SurveyId,
    /// The version that is asked, to the end.
    pub version: VersionId,
    /// The channel of the answers.
    pub channel: Channel,
    /// The language asked in (BCP 47).
    pub language: String,
    /// Seed of the order of choices where a question is shuffled.
    pub seed: i64,
}

/// A response as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResponseRow {
    /// Its id.
    pub id: ResponseId,
    /// What was fixed at the offer.
    pub facts: ResponseFacts,
    /// The service of the contact.
    pub service: ServiceId,
    /// The contact's facts at the offer.
    pub call: CallFacts,
    /// Where it stands.
    pub state: ResponseState,
    /// Rises by one with every update; guards against two writers.
    pub seq: i64,
    /// When it was offered.
    pub offered_at: DateTime<Utc>,
    /// When the first answer came.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// The answers, by question number.
    pub answers: Vec<Answer>,
}

impl ResponseRow {
    /// What a change makes of it, by the same rules as the statements that store one.
    pub(in crate::storage) fn apply(&mut self, update: &ResponseUpdate) {
        use ResponseState::{Complete, InProgress, Partial};
        self.seq = update.expected_seq.saturating_add(1);
        self.state = update.state;
        if matches!(update.state, InProgress | Complete | Partial) {
            self.started_at.get_or_insert(update.at);
        }
        if !update.state.is_open() {
            self.ended_at.get_or_insert(update.at);
        }
        for answer in &update.answers {
            match self.answers.binary_search_by_key(&answer.question_no, |stored| stored.question_no) {
                Ok(place) => self.answers[place] = answer.clone(),
                Err(place) => self.answers.insert(place, answer.clone()),
            }
        }
    }
}

/// A change of a response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResponseUpdate {
    /// Which response.
    pub id: ResponseId,
    /// Key of this very write: whoever repeats it, not knowing whether it was done, does it once.
    pub write: WriteId,
    /// The sequence number it was read with.
    pub expected_seq: i64,
    /// Answers that are new or corrected; each replaces what is stored for its question.
    pub answers: Vec<Answer>,
    /// The state from now on. `started_at` is set by the first update to `in_progress`, `complete` or `partial` (whoever
    /// declined never started), `ended_at` by the first that closes it.
    pub state: ResponseState,
    /// The audio of answers that are recordings; each replaces what is stored for its question.
    pub recordings: Vec<RecordingRow>,
    /// The ask for a survey by another way that this change leads to: stored with it, or neither is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<Box<OfferRow>>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A voice recording as it is stored with its answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingRow {
    /// Its id.
    pub id: RecordingId,
    /// Position of the question in its version, from 0.
    pub question_no: u16,
    /// A whole WAV file, G.711 8 kHz mono. Never logged.
    #[serde(with = "base64_text")]
    pub audio: Arc<[u8]>,
    /// How long it takes to play.
    pub duration: Duration,
}

/// Bytes as a text, where a record is kept as JSON.
mod base64_text {
    use std::sync::Arc;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::storage) fn serialize<S: Serializer>(
        bytes: &Arc<[u8]>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(in crate::storage) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<[u8]>, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(STANDARD.decode(text).map_err(serde::de::Error::custom)?.into())
    }
}

impl fmt::Debug for RecordingRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.audio.len();
        write!(f, "RecordingRow({}, {bytes} bytes, {:?})", self.id, self.duration)
    }
}

/// A recording as it is played.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredRecording {
    /// The response it belongs to.
    pub response: ResponseId,
    /// When it was received.
    pub at: DateTime<Utc>,
    /// How long it takes to play.
    pub duration: Duration,
    /// A whole WAV file; `None` once its retention is over.
    pub audio: Option<Vec<u8>>,
}

/// What became of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpdateOutcome {
    /// Written and durable, now or by this same write before; the sequence number is at least one higher.
    Stored,
    /// Another writer was first, or there is no such response: read again.
    Conflict,
}
