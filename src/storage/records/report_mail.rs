//! Reports by mail: what is sent to whom, and what became of each.

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::report_mail::{Rhythm, SendingState};
use crate::foundation::{AccountId, ReportMailId, SendingId};

/// A report that a person has sent by mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportMailRow {
    /// Its id.
    pub id: ReportMailId,
    /// Whose it is.
    pub account: AccountId,
    /// The survey's key; `None`: all surveys.
    pub survey: Option<String>,
    /// What figures are broken down by.
    pub breakdown: String,
    /// How often.
    pub rhythm: Rhythm,
    /// At which hour, in the site's zone.
    pub hour: u32,
    /// To whom.
    pub recipients: Vec<String>,
    /// The kind of the file that comes with it.
    pub attachment: String,
    /// When it was set up.
    pub created_at: DateTime<Utc>,
    /// Since when it is as it is.
    pub changed_at: DateTime<Utc>,
}

/// A report by mail, and the newest of its mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportMail {
    /// What is sent to whom.
    pub row: ReportMailRow,
    /// What became of the newest; `None` before the first.
    pub last: Option<SendingRow>,
}

/// One mail of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendingRow {
    /// Of which report.
    pub mail: ReportMailId,
    /// The first day of its figures.
    pub first: NaiveDate,
    /// The last day of its figures.
    pub last: NaiveDate,
    /// The try that has it in hand, or had it last.
    pub claim: SendingId,
    /// What became of it.
    pub state: SendingState,
    /// How often it was tried.
    pub attempt: u32,
    /// When it was due.
    pub due_at: DateTime<Utc>,
    /// When the last try began.
    pub claimed_at: DateTime<Utc>,
    /// When it is tried again, if it waits for that.
    pub next_at: DateTime<Utc>,
    /// Why it was not sent, or to whom not; empty: nothing to tell.
    pub cause: String,
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendingEnd {
    /// What became of the mail.
    pub state: SendingState,
    /// When it is tried again, if it waits for that.
    pub next_at: DateTime<Utc>,
    /// Why it was not sent, or to whom not.
    pub cause: String,
}
