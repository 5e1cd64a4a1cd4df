//! Why an answer was not taken, in words a script developer understands.

use crate::domain::contact::Channel;

/// Why an answer was not taken. The texts may hold what the customer entered: for the reply, never for a log, which
/// has [`Refusal::code`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The survey has no such question.
    #[error("the survey has no question `{question}`: send the id of the question that was returned last")]
    UnknownQuestion {
        /// The key that was sent.
        question: String,
    },
    /// The question is not asked on this channel.
    #[error("question `{question}` is not asked on the {} channel", .channel.as_str())]
    NotAskedHere {
        /// The question.
        question: String,
        /// The channel of the response.
        channel: Channel,
    },
    /// The question may come, but not now.
    #[error("question `{question}` is not due yet: answer `{expected}` first")]
    NotYet {
        /// The question.
        question: String,
        /// The question that is due.
        expected: String,
    },
    /// The answers so far lead past the question.
    #[error("the answers so far lead past question `{question}`: leave it out, or send -1 in a list")]
    NotOnPath {
        /// The question.
        question: String,
    },
    /// The survey is over.
    #[error("question `{question}` cannot be answered any more: the survey has ended")]
    Ended {
        /// The question.
        question: String,
    },
    /// A changed answer after a later question was answered.
    #[error(
        "question `{question}` has another answer already, which can be corrected only until the next question is answered"
    )]
    TooLate {
        /// The question.
        question: String,
    },
    /// No answer to a required question.
    #[error("question `{question}` needs an answer: send {allowed}")]
    Required {
        /// The question.
        question: String,
        /// What is allowed.
        allowed: String,
    },
    /// A value the question does not have.
    #[error("`{value}` is not an answer to question `{question}`: send {allowed}")]
    InvalidValue {
        /// The question.
        question: String,
        /// The first characters of what was sent.
        value: String,
        /// What is allowed.
        allowed: String,
    },
    /// A text with too many characters.
    #[error("the answer to question `{question}` is {got} characters long, at most {max} are allowed")]
    TextTooLong {
        /// The question.
        question: String,
        /// Characters sent.
        got: usize,
        /// Characters allowed.
        max: usize,
    },
    /// A text with control characters.
    #[error(
        "the answer to question `{question}` has a control character: send only text, line breaks and tabs"
    )]
    ControlCharacter {
        /// The question.
        question: String,
    },
    /// A recording for a question that is answered otherwise.
    #[error("question `{question}` takes no recording: send {allowed} to `answer`")]
    NoRecording {
        /// The question.
        question: String,
        /// What is allowed.
        allowed: String,
    },
    /// A recording that goes on for too long.
    #[error("the recording for question `{question}` is {got} seconds long, at most {max} are allowed")]
    RecordingTooLong {
        /// The question.
        question: String,
        /// Seconds sent.
        got: u64,
        /// Seconds allowed.
        max: u32,
    },
    /// A list with more positions than questions.
    #[error(
        "the list has {got} positions, the survey {max} questions: send one position per question, in order"
    )]
    TooManyAnswers {
        /// Positions sent, without empty ones at the end.
        got: usize,
        /// Questions of the survey.
        max: usize,
    },
}

/// The first characters of what was sent, fit for a message.
pub(super) fn shown(raw: &str) -> String {
    raw.chars().filter(|c| !c.is_control()).take(40).collect()
}

impl Refusal {
    /// The stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownQuestion { .. } => "unknown_question",
            Self::NotAskedHere { .. } => "not_asked_here",
            Self::NotYet { .. } => "not_yet",
            Self::NotOnPath { .. } => "not_on_path",
            Self::Ended { .. } => "survey_ended",
            Self::TooLate { .. } => "too_late",
            Self::Required { .. } => "answer_required",
            Self::InvalidValue { .. } => "invalid_value",
            Self::TextTooLong { .. } => "text_too_long",
            Self::ControlCharacter { .. } => "control_character",
            Self::NoRecording { .. } => "no_recording",
            Self::RecordingTooLong { .. } => "recording_too_long",
            Self::TooManyAnswers { .. } => "too_many_answers",
        }
    }
}
