//! Figures for reports.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::domain::response::{AnswerValue, ResponseState};
use crate::foundation::{SurveyId, VersionId};

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
    pub(in crate::storage) fn as_str(self) -> &'static str {
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
pub(in crate::storage) struct Bounds {
    /// The first and the last survey's id.
    pub(in crate::storage) surveys: ([u8; 16], [u8; 16]),
    /// Offered at or after, in milliseconds.
    pub(in crate::storage) from: i64,
    /// Offered before, in milliseconds.
    pub(in crate::storage) until: i64,
}

impl ReportFilter {
    pub(in crate::storage) fn bounds(&self) -> Bounds {
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
pub(in crate::storage) type AgentNames = HashMap<String, String>;

impl ReportRow {
    /// A group with the name people know it by, where that is not the key itself.
    pub(in crate::storage) fn named(survey: String, key: Option<String>, names: &AgentNames) -> Self {
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
