//! Figures for reports.

use std::collections::HashMap;
use std::num::NonZeroU32;

use chrono::{DateTime, Utc};

use crate::domain::contact::Channel;
use crate::domain::response::{AnswerValue, ResponseState};
use crate::foundation::{SurveyId, VersionId};
use crate::storage::columns::{answer_columns, group_column};

/// What stands between the two parts of a group's key that is a pair.
pub const PAIR_MARK: char = '\u{1f}';

/// By what a report is broken down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ReportGroup {
    /// No breakdown: one group with an empty key.
    #[default]
    Survey,
    /// By agent id (and name).
    Agent,
    /// By team.
    Team,
    /// By queue.
    Queue,
    /// By agent id and queue, with [`PAIR_MARK`] between them; one that was not given is empty.
    AgentQueue,
    /// By service name.
    Service,
    /// By the language asked in.
    Language,
    /// By channel.
    Channel,
    /// By quarter of an hour of the offer, numbered from the epoch: every time zone's days are whole numbers of these.
    QuarterHour,
    /// The same, for who folds it into hours of the day: of what is counted ahead, a quarter stands for its hour.
    Hour,
}

impl ReportGroup {
    /// Whether its keys are agents' or begin with them, who have names.
    pub(in crate::storage) fn is_of_agents(self) -> bool {
        matches!(self, Self::Agent | Self::AgentQueue)
    }

    /// The word the statements know it by.
    pub(in crate::storage) fn as_str(self) -> &'static str {
        match self {
            Self::Survey => "survey",
            Self::Agent => "agent",
            Self::Team => "team",
            Self::Queue => "queue",
            Self::AgentQueue => "agent_queue",
            Self::Service => "service",
            Self::Language => "language",
            Self::Channel => "channel",
            Self::QuarterHour => "quarter_hour",
            Self::Hour => "hour",
        }
    }
}

/// What a report covers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportFilter {
    /// Only this survey.
    pub survey: Option<SurveyId>,
    /// Offered at or after.
    pub from: Option<DateTime<Utc>>,
    /// Offered before.
    pub until: Option<DateTime<Utc>>,
    /// The breakdown.
    pub group: ReportGroup,
    /// Only these of the contacts.
    pub narrowed: Narrowed,
    /// Only these teams; `None`: all, also contacts of no team.
    pub teams: Option<Vec<String>>,
}

/// Which of the contacts; what is `None` is any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// Of this agent, by id.
    pub agent: Option<String>,
    /// That came through this queue.
    pub queue: Option<String>,
    /// Of this team's agents.
    pub team: Option<String>,
    /// On this channel.
    pub channel: Option<Channel>,
    /// In this language.
    pub language: Option<String>,
    /// Of this service, by name.
    pub service: Option<String>,
}

impl Narrowed {
    /// In the order in which statements take them; an empty text is any.
    pub(in crate::storage) fn texts(&self) -> [&str; 6] {
        [
            self.agent.as_deref().unwrap_or_default(),
            self.queue.as_deref().unwrap_or_default(),
            self.team.as_deref().unwrap_or_default(),
            self.channel.map_or("", Channel::as_str),
            self.language.as_deref().unwrap_or_default(),
            self.service.as_deref().unwrap_or_default(),
        ]
    }
}

/// Teams as statements take them: each between two marks that no name has. No list is an empty text and means all; a list
/// without teams is a mark alone, which no team is found in.
pub(in crate::storage) fn team_marks(teams: Option<&[String]>) -> String {
    const MARK: char = '\u{1f}';
    let Some(teams) = teams else { return String::new() };
    teams.iter().fold(MARK.to_string(), |marks, team| format!("{marks}{team}{MARK}"))
}

/// The bounds of a report as statements take them: an open end is a value nothing lies beyond, so that one statement
/// serves all filters by its index.
pub(in crate::storage) struct Bounds {
    /// The first and the last survey's id.
    pub(in crate::storage) surveys: ([u8; 16], [u8; 16]),
    /// Offered at or after, in milliseconds.
    pub(in crate::storage) from: i64,
    /// Offered before, in milliseconds.
    pub(in crate::storage) until: i64,
}

impl ReportFilter {
    /// Whether what is counted ahead can tell it: of hours it knows no agents.
    pub(in crate::storage) fn may_be_counted_ahead(&self) -> bool {
        self.group != ReportGroup::Hour || self.narrowed.agent.is_none()
    }

    pub(in crate::storage) fn bounds(&self) -> Bounds {
        let survey = self.survey.map(|survey| *survey.as_bytes());
        Bounds {
            surveys: survey.map_or(([0; 16], [u8::MAX; 16]), |id| (id, id)),
            from: self.from.map_or(i64::MIN, |from| from.timestamp_millis()),
            until: self.until.map_or(i64::MAX, |until| until.timestamp_millis()),
        }
    }
}

/// A part of a report: the rows after a key, at most so many. It goes on by key and not by number, so that what is written
/// between two pages makes none of the rows that were there all along come twice or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<K> {
    pub(in crate::storage) after: K,
    pub(in crate::storage) limit: NonZeroU32,
}

impl<K: Default> Page<K> {
    /// The first page.
    pub fn first(limit: NonZeroU32) -> Self {
        Self { after: K::default(), limit }
    }
}

impl<K> Page<K> {
    /// The page after this one, which gave `rows`; `None` when it was not full and therefore the last.
    pub fn next<R>(&self, rows: &[R], key: impl FnOnce(&R) -> K) -> Option<Self> {
        let full = u32::try_from(rows.len()).unwrap_or(u32::MAX) >= self.limit.get();
        let last = rows.last().filter(|_| full)?;
        Some(Self { after: key(last), limit: self.limit })
    }
}

/// The place of a [`TallyRow`] in the order of its report, as statements compare it; the default is before all rows,
/// because no answer is of an empty kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TallyKey {
    pub(in crate::storage) survey: String,
    pub(in crate::storage) group: String,
    pub(in crate::storage) version: [u8; 16],
    pub(in crate::storage) question: String,
    pub(in crate::storage) kind: &'static str,
    pub(in crate::storage) num: i32,
    pub(in crate::storage) text: String,
}

/// The place of a [`StateCountRow`] in the order of its report, as statements compare it; the default is before all rows,
/// because no state is an empty word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StateCountKey {
    pub(in crate::storage) survey: String,
    pub(in crate::storage) group: String,
    pub(in crate::storage) state: &'static str,
}

/// The group a figure belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReportRow {
    /// The survey's key.
    pub survey: String,
    /// The agent id, team, queue, agent and queue, service or quarter hour; `None` when the script sent none.
    pub key: Option<String>,
    /// The agent's newest name, where there is one.
    pub label: Option<String>,
}

/// Newest name by agent id. One name each, so that an agent who was renamed stays one group.
pub(in crate::storage) type AgentNames = HashMap<String, String>;

impl ReportRow {
    /// A group with the name people know it by.
    pub(in crate::storage) fn named(survey: String, key: Option<String>, names: &AgentNames) -> Self {
        let agent = key.as_deref().map(|key| key.split_once(PAIR_MARK).map_or(key, |(agent, _)| agent));
        let label = agent.and_then(|agent| names.get(agent).cloned());
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

impl TallyRow {
    /// What the next page comes after, when this is the last row of one.
    pub fn key(&self) -> TallyKey {
        let (kind, num, text) = answer_columns(&self.value);
        TallyKey {
            survey: self.group.survey.clone(),
            group: group_column(self.group.key.as_deref()),
            version: *self.version.as_bytes(),
            question: self.question_key.clone(),
            kind,
            num: num.unwrap_or_default(),
            text: text.unwrap_or_default().to_owned(),
        }
    }
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

impl StateCountRow {
    /// What the next page comes after, when this is the last row of one.
    pub fn key(&self) -> StateCountKey {
        StateCountKey {
            survey: self.group.survey.clone(),
            group: group_column(self.group.key.as_deref()),
            state: self.state.as_str(),
        }
    }
}
