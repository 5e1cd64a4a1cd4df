//! The rows the storage traits carry: plain data, every field as the domain means it.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::contact::{CallFacts, Channel, Service};
use crate::domain::prompt::{PromptEntry, PromptName};
use crate::domain::response::{Answer, AnswerValue, ResponseState};
use crate::foundation::{
    ApiKeyId, PromptId, RecordingId, ResponseId, ServiceId, SurveyId, VersionId, WriteId,
};

/// Outcome word of an ask for a survey, `offered` or the gate that said no (`domain::offer`).
pub type OfferResult = String;

/// One ask for a survey and what became of it.
#[derive(Debug, Clone, PartialEq)]
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
}

/// What is fixed when a response begins.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq)]
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

/// A change of a response.
#[derive(Debug, Clone, PartialEq)]
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
    /// When.
    pub at: DateTime<Utc>,
}

/// A voice recording as it is stored with its answer.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordingRow {
    /// Its id.
    pub id: RecordingId,
    /// Position of the question in its version, from 0.
    pub question_no: u16,
    /// A whole WAV file, G.711 8 kHz mono. Never logged.
    pub audio: Arc<[u8]>,
    /// How long it takes to play.
    pub duration: Duration,
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

/// A prompt as it is listed: what was uploaded for a name and language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptRow {
    /// The audio's id; another one whenever the audio changes.
    pub id: PromptId,
    /// Its name.
    pub name: PromptName,
    /// Its language, as [`language_key`](crate::domain::prompt::language_key) writes it.
    pub language: String,
    /// Where the audio came from: a file's name, or `espeak-ng`.
    pub source: String,
    /// SHA-256 of the file it was made from, by which the same file is not converted and stored again.
    pub source_sha256: [u8; 32],
    /// What the file was, for people: `WAV, 44100 Hz, stereo, 16 bit`.
    pub source_format: String,
    /// How long it takes to say.
    pub duration: Duration,
    /// When it was stored.
    pub stored_at: DateTime<Utc>,
}

impl PromptRow {
    /// What an index of prompts holds of it.
    pub fn into_entry(self) -> (PromptName, String, PromptEntry) {
        (self.name, self.language, PromptEntry { id: self.id, duration: self.duration })
    }
}

/// The audio of a prompt in every form it is served in: whole WAV files.
#[derive(Clone, PartialEq, Eq)]
pub struct PromptAudio {
    /// G.711 µ-law, 8 kHz, mono.
    pub ulaw: Vec<u8>,
    /// G.711 A-law, 8 kHz, mono.
    pub alaw: Vec<u8>,
    /// Linear 16 bit, 16 kHz, mono: what every browser plays.
    pub pcm: Vec<u8>,
}

impl PromptAudio {
    /// Each form with its file.
    pub(super) fn into_forms(self) -> [(PromptForm, Vec<u8>); 3] {
        [(PromptForm::Ulaw, self.ulaw), (PromptForm::Alaw, self.alaw), (PromptForm::Pcm, self.pcm)]
    }
}

/// The forms of a prompt's audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PromptForm {
    /// G.711 µ-law.
    Ulaw,
    /// G.711 A-law.
    Alaw,
    /// Linear, for browsers.
    Pcm,
}

impl PromptForm {
    /// All forms.
    pub const ALL: [Self; 3] = [Self::Ulaw, Self::Alaw, Self::Pcm];

    /// The word used in paths and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ulaw => "ulaw",
            Self::Alaw => "alaw",
            Self::Pcm => "pcm",
        }
    }

    /// The form of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.as_str() == word)
    }
}

/// What became of a prompt that was to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutPrompt {
    /// It is the prompt of its name and language from now on.
    Stored,
    /// The same file is stored for this name and language already; nothing changed.
    Unchanged,
}

/// What became of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpdateOutcome {
    /// Written and durable, now or by this same write before; the sequence number is at least one higher.
    Stored,
    /// Another writer was first, or there is no such response: read again.
    Conflict,
}

/// A service and what is active on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogRow {
    /// The service.
    pub service: Service,
    /// Whether the activation is paused; false when nothing is active.
    pub paused: bool,
    /// The newest version of the active survey.
    pub active: Option<VersionRow>,
}

/// A published version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRow {
    /// Its id.
    pub id: VersionId,
    /// The survey it belongs to.
    pub survey: SurveyId,
    /// Its number, from 1; ignored by `publish`, which assigns it.
    pub number: u32,
    /// The survey document as JSON.
    pub document: String,
    /// When it was published.
    pub published_at: DateTime<Utc>,
}

/// A survey's draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    /// The survey.
    pub survey: SurveyId,
    /// Its key, unique.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The survey document as JSON.
    pub document: String,
    /// When the draft was last saved.
    pub saved_at: DateTime<Utc>,
}

/// A survey in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyRow {
    /// The survey.
    pub survey: SurveyId,
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// When the draft was last saved.
    pub draft_saved_at: DateTime<Utc>,
    /// The newest version.
    pub newest: Option<NewestVersion>,
    /// The services it is active on, and whether it is paused there.
    pub active_on: Vec<(String, bool)>,
}

impl SurveyRow {
    /// Puts where surveys are active into their rows.
    pub(super) fn place(surveys: &mut [Self], activations: Vec<(SurveyId, (String, bool))>) {
        for (survey, place) in activations {
            if let Some(row) = surveys.iter_mut().find(|row| row.survey == survey) {
                row.active_on.push(place);
            }
        }
    }
}

/// A survey's newest version in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewestVersion {
    /// Its id.
    pub id: VersionId,
    /// Its number.
    pub number: u32,
    /// When it was published.
    pub published_at: DateTime<Utc>,
}

/// What an API key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyScope {
    /// The IVR API.
    Ivr,
    /// The chat API.
    Chat,
    /// Reading results.
    Read,
    /// Drills and everything an operator may do over HTTP.
    Admin,
}

impl KeyScope {
    /// All scopes.
    pub const ALL: [Self; 4] = [Self::Ivr, Self::Chat, Self::Read, Self::Admin];

    /// The word used in the CLI and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ivr => "ivr",
            Self::Chat => "chat",
            Self::Read => "read",
            Self::Admin => "admin",
        }
    }

    /// The scope of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }
}

/// An API key; the secret itself is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyRow {
    /// Its id.
    pub id: ApiKeyId,
    /// Its name, unique among keys that are not revoked.
    pub name: String,
    /// SHA-256 of the secret. The secret has 160 random bits, so a slow hash would add nothing.
    pub hash: [u8; 32],
    /// What it may do.
    pub scopes: Vec<KeyScope>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// By what a report is broken down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportGroup {
    /// No breakdown: one group with an empty key.
    Survey,
    /// By agent id (and name).
    Agent,
    /// By team.
    Team,
    /// By queue.
    Queue,
    /// By service name.
    Service,
    /// By quarter of an hour of the offer, numbered from the epoch: every time zone's days are whole numbers of these.
    QuarterHour,
}

impl ReportGroup {
    /// The word the statements know it by.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Survey => "survey",
            Self::Agent => "agent",
            Self::Team => "team",
            Self::Queue => "queue",
            Self::Service => "service",
            Self::QuarterHour => "quarter_hour",
        }
    }
}

/// What a report covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFilter {
    /// Only this survey.
    pub survey: Option<SurveyId>,
    /// Offered at or after.
    pub from: Option<DateTime<Utc>>,
    /// Offered before.
    pub until: Option<DateTime<Utc>>,
    /// The breakdown.
    pub group: ReportGroup,
}

/// The bounds of a report as statements take them: an open end is a value nothing lies beyond, so that one statement
/// serves all filters by its index.
pub(super) struct Bounds {
    /// The first and the last survey's id.
    pub(super) surveys: ([u8; 16], [u8; 16]),
    /// Offered at or after, in milliseconds.
    pub(super) from: i64,
    /// Offered before, in milliseconds.
    pub(super) until: i64,
}

impl ReportFilter {
    pub(super) fn bounds(&self) -> Bounds {
        let survey = self.survey.map(|survey| *survey.as_bytes());
        Bounds {
            surveys: survey.map_or(([0; 16], [u8::MAX; 16]), |id| (id, id)),
            from: self.from.map_or(i64::MIN, |from| from.timestamp_millis()),
            until: self.until.map_or(i64::MAX, |until| until.timestamp_millis()),
        }
    }
}

/// The group a figure belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReportRow {
    /// The survey's key.
    pub survey: String,
    /// The agent id, team, queue, service or quarter hour; `None` when the script sent none.
    pub key: Option<String>,
    /// A name for people where it differs from the key.
    pub label: Option<String>,
}

/// Newest name by agent id. One name each, so that an agent who was renamed stays one group.
pub(super) type AgentNames = HashMap<String, String>;

impl ReportRow {
    /// A group with the name people know it by, where that is not the key itself.
    pub(super) fn named(survey: String, key: Option<String>, names: &AgentNames) -> Self {
        let label = key.as_ref().and_then(|key| names.get(key).filter(|name| *name != key).cloned());
        Self { survey, key, label }
    }
}

/// How often a value was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TallyRow {
    /// Where.
    pub group: ReportRow,
    /// The version in which the question was asked.
    pub version: VersionId,
    /// The question's key.
    pub question_key: String,
    /// The value; texts and recordings are counted together with an empty value.
    pub value: AnswerValue,
    /// How often.
    pub n: u64,
}

/// How many responses are in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateCountRow {
    /// Where.
    pub group: ReportRow,
    /// The state.
    pub state: ResponseState,
    /// How many.
    pub n: u64,
}

/// How the database's writing part is at one moment, known without asking the database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StorageVitals {
    /// Whether it runs at all.
    pub alive: bool,
    /// Writes waiting for the next batch.
    pub queue_depth: usize,
    /// Time since the last commit; `None` before the first.
    pub last_commit_age: Option<Duration>,
    /// How long the batch in hand has been worked on; `None` when it waits for work. A long time here means a disk
    /// that hangs.
    pub busy_for: Option<Duration>,
    /// How often the connection was rebuilt after a panic.
    pub restarts: u64,
    /// Batches committed.
    pub commits: u64,
    /// Writes committed.
    pub writes: u64,
    /// Writes in the last batch.
    pub last_batch: u64,
    /// Writes in the largest batch.
    pub largest_batch: u64,
    /// Batches that had to be done again, write by write, because one of them failed.
    pub replays: u64,
}

impl StorageVitals {
    /// Two writing parts as one: sums of what they did, the worst of how they are.
    #[must_use]
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            alive: self.alive && other.alive,
            queue_depth: self.queue_depth + other.queue_depth,
            last_commit_age: self.last_commit_age.into_iter().chain(other.last_commit_age).min(),
            busy_for: self.busy_for.max(other.busy_for),
            restarts: self.restarts + other.restarts,
            commits: self.commits + other.commits,
            writes: self.writes + other.writes,
            last_batch: self.last_batch.max(other.last_batch),
            largest_batch: self.largest_batch.max(other.largest_batch),
            replays: self.replays + other.replays,
        }
    }
}

/// What the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageFacts {
    /// Engine and version, such as `SQLite 3.50.4`.
    pub engine: String,
    /// Number of the newest migration applied.
    pub schema: u32,
    /// Bytes on disk; `None` where the server does not tell.
    pub size_bytes: Option<u64>,
    /// Responses stored.
    pub responses: u64,
    /// Answers stored.
    pub answers: u64,
}
