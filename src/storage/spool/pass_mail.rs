//! Reports by mail: passed on to the database.

use chrono::{DateTime, Utc};

use super::SpooledStorage;
use crate::domain::lease::Fence;
use crate::foundation::{AccountId, ReportMailId, SendingId};
use crate::storage::{
    AuditRow, ReportMail, ReportMailRow, ReportMailStore, SendingEnd, SendingRow, StoreFuture,
};

impl ReportMailStore for SpooledStorage {
    fn report_mails(&self, owner: Option<AccountId>) -> StoreFuture<'_, Vec<ReportMail>> {
        self.primary.report_mails(owner)
    }

    fn add_report_mail(&self, mail: ReportMailRow, audit: AuditRow) -> StoreFuture<'_, ()> {
        self.primary.add_report_mail(mail, audit)
    }

    fn change_report_mail(&self, mail: ReportMailRow, audit: AuditRow) -> StoreFuture<'_, bool> {
        self.primary.change_report_mail(mail, audit)
    }

    fn delete_report_mail(&self, id: ReportMailId, audit: AuditRow) -> StoreFuture<'_, bool> {
        self.primary.delete_report_mail(id, audit)
    }

    fn claim_sending(
        &self,
        fence: Fence,
        sending: SendingRow,
        as_of: DateTime<Utc>,
        after: Option<SendingId>,
    ) -> StoreFuture<'_, bool> {
        self.primary.claim_sending(fence, sending, as_of, after)
    }

    fn end_sending(&self, claim: SendingId, end: SendingEnd) -> StoreFuture<'_, bool> {
        self.primary.end_sending(claim, end)
    }

    fn lose_sendings(&self, fence: Fence, before: DateTime<Utc>) -> StoreFuture<'_, ()> {
        self.primary.lose_sendings(fence, before)
    }
}
