//! What becomes of a mail, and what that means for it.

use crate::domain::report_mail::{SendingState, cause};
use crate::outbound::mail::{Delivered, MailError};
use crate::reports::ReportError;
use crate::reports::letter::LetterError;
use crate::telemetry::Chain;

/// What became of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The server took it; from whom it did not, and why.
    Sent(Vec<(String, String)>),
    /// Not for the time being.
    NotNow(String),
    /// Not at all.
    Never(String),
    /// Nobody knows.
    Unknown(String),
}

impl Outcome {
    /// The state it leads to, and its cause. After the last try nothing is tried again.
    pub(super) fn state(self, is_last_try: bool) -> (SendingState, String) {
        match self {
            Self::Sent(refused) if refused.is_empty() => (SendingState::Sent, String::new()),
            Self::Sent(refused) => {
                let each: Vec<String> = refused.iter().map(|(to, why)| format!("{to}: {why}")).collect();
                (SendingState::Sent, each.join("; "))
            }
            Self::NotNow(why) if is_last_try => (SendingState::Failed, why),
            Self::NotNow(why) => (SendingState::Waiting, why),
            Self::Never(why) => (SendingState::Failed, why),
            Self::Unknown(why) => (SendingState::Unknown, why),
        }
    }

    /// Whether the server, or the database, cannot do it for the time being.
    pub(super) fn is_for_now(&self) -> bool {
        matches!(self, Self::NotNow(_))
    }
}

impl From<Result<Delivered, MailError>> for Outcome {
    fn from(sent: Result<Delivered, MailError>) -> Self {
        match sent {
            Ok(delivered) => Self::Sent(delivered.refused),
            Err(MailError::NotNow(why)) => Self::NotNow(why),
            Err(MailError::Never(why)) => Self::Never(why),
            Err(MailError::Unknown(why)) => Self::Unknown(why),
        }
    }
}

impl From<ReportError> for Outcome {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Storage(error) => Self::NotNow(error.to_string()),
            ReportError::NoSurvey(_) => Self::Never(cause::NO_SURVEY.to_owned()),
            other => Self::Never(Chain(&other).to_string()),
        }
    }
}

impl From<LetterError> for Outcome {
    fn from(error: LetterError) -> Self {
        Self::Never(Chain(&error).to_string())
    }
}
