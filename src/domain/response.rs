//! One customer's run through a version: its states and its answers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where a response stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseState {
    /// Offered to the customer, nothing answered yet.
    Offered,
    /// At least one question was answered or passed over.
    InProgress,
    /// Every required question on the way was answered.
    Complete,
    /// Ended with some answers.
    Partial,
    /// Ended by the customer without an answer.
    Declined,
    /// Never answered and never ended: given up by time.
    Expired,
}

impl ResponseState {
    /// All of them, in the order of a response's life.
    pub const ALL: [Self; 6] =
        [Self::Offered, Self::InProgress, Self::Complete, Self::Partial, Self::Declined, Self::Expired];

    /// The word used in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::InProgress => "in_progress",
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::Declined => "declined",
            Self::Expired => "expired",
        }
    }

    /// The state of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }

    /// Whether answers are still taken.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Offered | Self::InProgress)
    }
}

/// What was answered to a question.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum AnswerValue {
    /// A rating, an NPS figure, or yes (1) and no (0).
    Number(i32),
    /// The key of the choice taken.
    Choice(String),
    /// The customer's own words. Never logged.
    Text(String),
    /// The reference of a voice recording.
    Recording(String),
    /// The customer gave none.
    Skipped,
}

/// An answer as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Position of the question in its version, from 0.
    pub question_no: u16,
    /// The question's key.
    pub question_key: String,
    /// What was answered.
    pub value: AnswerValue,
    /// When it was received.
    pub at: DateTime<Utc>,
}
