//! Reports by mail in SQL Server.

use chrono::{DateTime, Utc};

use super::accounts::audited;
use super::catalog::done;
use super::change::Change;
use super::responses::all;
use super::value::values;
use super::{MssqlStorage, statements as sql};
use crate::domain::lease::Fence;
use crate::foundation::{AccountId, ReportMailId, SendingId};
use crate::storage::columns::Columns;
use crate::storage::report_mail::{cause_text, day_text, forgotten_before, recipients_text};
use crate::storage::{
    AuditRow, ReportMail, ReportMailRow, ReportMailStore, SendingEnd, SendingRow, StorageErrorKind,
    StoreFuture,
};

impl ReportMailStore for MssqlStorage {
    fn report_mails(&self, owner: Option<AccountId>) -> StoreFuture<'_, Vec<ReportMail>> {
        let account = owner.map_or([0; 16], |id| *id.as_bytes());
        let values = values![owner.is_none(), &account];
        self.read("cannot list the reports by mail", sql::REPORT_MAILS, values, |answers| {
            all(answers, Columns::report_mail)
        })
    }

    fn add_report_mail(&self, mail: ReportMailRow, audit: AuditRow) -> StoreFuture<'_, ()> {
        let values = values![
            mail.id.as_bytes(),
            mail.account.as_bytes(),
            mail.survey.as_deref().unwrap_or_default(),
            mail.breakdown.as_str(),
            mail.rhythm.as_str(),
            mail.hour,
            recipients_text(&mail.recipients),
            mail.attachment.as_str(),
            mail.created_at.timestamp_millis(),
            mail.changed_at.timestamp_millis(),
        ];
        let change = audited(Change::of(sql::REPORT_MAIL_INSERT, values), &audit);
        self.change("cannot add the report by mail", change, done)
    }

    fn change_report_mail(&self, mail: ReportMailRow, audit: AuditRow) -> StoreFuture<'_, bool> {
        let values = values![
            mail.id.as_bytes(),
            mail.account.as_bytes(),
            mail.survey.as_deref().unwrap_or_default(),
            mail.breakdown.as_str(),
            mail.rhythm.as_str(),
            mail.hour,
            recipients_text(&mail.recipients),
            mail.attachment.as_str(),
            mail.changed_at.timestamp_millis(),
        ];
        let change = audited(Change::default().or_undo(sql::REPORT_MAIL_UPDATE, values), &audit);
        self.change("cannot change the report by mail", change, |made| Ok(made.is_done()))
    }

    fn delete_report_mail(&self, id: ReportMailId, audit: AuditRow) -> StoreFuture<'_, bool> {
        let change = Change::of(sql::REPORT_MAIL_SENDINGS_DELETE, values![id.as_bytes()])
            .or_undo(sql::REPORT_MAIL_DELETE, values![id.as_bytes()]);
        self.change("cannot delete the report by mail", audited(change, &audit), |made| Ok(made.is_done()))
    }

    fn claim_sending(
        &self,
        fence: Fence,
        sending: SendingRow,
        as_of: DateTime<Utc>,
        after: Option<SendingId>,
    ) -> StoreFuture<'_, bool> {
        let mut values = values![
            fence.role.as_str(),
            fence.epoch,
            sending.mail.as_bytes(),
            day_text(sending.first),
            day_text(sending.last),
            sending.claim.as_bytes(),
            sending.state.as_str(),
            sending.attempt,
            sending.due_at.timestamp_millis(),
            sending.claimed_at.timestamp_millis(),
            sending.next_at.timestamp_millis(),
            cause_text(&sending.cause),
            as_of.timestamp_millis(),
        ];
        let claim = match after {
            None => Change::default().or_undo(sql::REPORT_MAIL_CLAIM, values),
            Some(before) => {
                values.push(before.as_bytes().into());
                Change::default().or_undo(sql::REPORT_MAIL_CLAIM_AGAIN, values)
            }
        };
        let forgotten = values![sending.mail.as_bytes(), forgotten_before(sending.due_at)];
        let change = claim
            .then(sql::REPORT_MAIL_SENDINGS_FORGET, forgotten)
            .made_if(sql::REPORT_MAIL_CLAIMED, values![sending.claim.as_bytes()]);
        let taken = self.change("cannot take the report in hand", change, |made| Ok(made.is_done()));
        Box::pin(async move {
            match taken.await {
                // Somebody else was faster.
                Err(error) if error.kind == StorageErrorKind::Duplicate => Ok(false),
                taken => taken,
            }
        })
    }

    fn end_sending(&self, claim: SendingId, end: SendingEnd) -> StoreFuture<'_, bool> {
        let (next, cause) = (end.next_at.timestamp_millis(), cause_text(&end.cause));
        let values = values![claim.as_bytes(), end.state.as_str(), next, cause];
        let change = Change::default().or_undo(sql::REPORT_MAIL_SENDING_END, values);
        self.change("cannot note what became of the report", change, |made| Ok(made.is_done()))
    }

    fn lose_sendings(&self, fence: Fence, before: DateTime<Utc>) -> StoreFuture<'_, ()> {
        let values = values![fence.role.as_str(), fence.epoch, before.timestamp_millis()];
        let change = Change::of(sql::REPORT_MAIL_SENDINGS_LOSE, values);
        self.change("cannot give up reports that nobody told of", change, done)
    }
}
