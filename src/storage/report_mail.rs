//! Reports by mail: what is promised of them, and their rows.

use chrono::{DateTime, NaiveDate, Utc};

use super::columns::{Columns, Unreadable};
use super::{AuditRow, ReportMail, ReportMailRow, SendingEnd, SendingRow, StoreFuture};
use crate::domain::lease::Fence;
use crate::domain::report_mail::{Rhythm, SendingState};
use crate::foundation::{AccountId, ReportMailId, SendingId};

/// Units of a cause at most.
const CAUSE_LONGEST: usize = 1000;
/// How long it is remembered what became of a mail.
const REMEMBERED_DAYS: i64 = 100;

/// Reports that people have sent by mail. A change comes with the line of the audit log that tells of it, and both are stored
/// or neither.
pub trait ReportMailStore: Send + Sync {
    /// Those of an account, or all, by when they were set up; each with the newest of its mails.
    fn report_mails(&self, owner: Option<AccountId>) -> StoreFuture<'_, Vec<ReportMail>>;

    /// Adds one.
    fn add_report_mail(&self, mail: ReportMailRow, audit: AuditRow) -> StoreFuture<'_, ()>;

    /// Puts one in place of the one with its id; false, and nothing is written, when its account has none with this id.
    fn change_report_mail(&self, mail: ReportMailRow, audit: AuditRow) -> StoreFuture<'_, bool>;

    /// Deletes one, with what became of its mails; false, and nothing is written, when there is none with this id.
    fn delete_report_mail(&self, id: ReportMailId, audit: AuditRow) -> StoreFuture<'_, bool>;

    /// Takes a mail in hand, or says that it is not sent: of all who try it for the same days one does it. Only while the
    /// report is as it was since `as_of`. `after`: the try before, after which it waits; `None`: there was none. What became of
    /// the report's mails long ago is forgotten.
    fn claim_sending(
        &self,
        fence: Fence,
        sending: SendingRow,
        as_of: DateTime<Utc>,
        after: Option<SendingId>,
    ) -> StoreFuture<'_, bool>;

    /// Tells how a try ended; false when it is not that try any more that has the mail.
    fn end_sending(&self, claim: SendingId, end: SendingEnd) -> StoreFuture<'_, bool>;

    /// Gives up the mails that were taken in hand before `before` by somebody who never told what became of them.
    fn lose_sendings(&self, fence: Fence, before: DateTime<Utc>) -> StoreFuture<'_, ()>;
}

/// Addresses as they are stored.
pub(super) fn recipients_text(recipients: &[String]) -> String {
    serde_json::Value::from(recipients).to_string()
}

/// A day as it is stored.
pub(super) fn day_text(day: NaiveDate) -> String {
    day.to_string()
}

/// Of what became of a mail that was due before this, nothing is kept.
pub(super) fn forgotten_before(due: DateTime<Utc>) -> i64 {
    due.timestamp_millis() - REMEMBERED_DAYS * 86_400_000
}

/// As much of a cause as there is room for.
pub(super) fn cause_text(cause: &str) -> String {
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= CAUSE_LONGEST
    };
    cause.chars().take_while(fits).collect()
}

impl Columns {
    /// A report by mail and the newest of its mails.
    pub(super) fn report_mail(&mut self) -> Result<ReportMail, Unreadable> {
        let row = ReportMailRow {
            id: self.id(ReportMailId::from_bytes)?,
            account: self.id(AccountId::from_bytes)?,
            survey: Some(self.get::<String>()?).filter(|key| !key.is_empty()),
            breakdown: self.get()?,
            rhythm: self.word(Rhythm::parse)?,
            hour: self.get()?,
            recipients: self.word(|list| serde_json::from_str(list).ok())?,
            attachment: self.get()?,
            created_at: self.time()?,
            changed_at: self.time()?,
        };
        let last = if self.at_null() { None } else { Some(self.sending(row.id)?) };
        Ok(ReportMail { row, last })
    }

    fn sending(&mut self, mail: ReportMailId) -> Result<SendingRow, Unreadable> {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        Ok(SendingRow {
            mail,
            first: self.word(day)?,
            last: self.word(day)?,
            claim: self.id(SendingId::from_bytes)?,
            state: self.word(SendingState::parse)?,
            attempt: self.get()?,
            due_at: self.time()?,
            claimed_at: self.time()?,
            next_at: self.time()?,
            cause: self.get()?,
        })
    }
}
