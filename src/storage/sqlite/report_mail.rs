//! Reports by mail in `SQLite`.

use chrono::{DateTime, Utc};
use rusqlite::ToSql;

use super::SqliteStorage;
use super::accounts::insert_audit;
use super::connect::{all, run};
use super::statements as sql;
use crate::domain::lease::Fence;
use crate::foundation::{AccountId, ReportMailId, SendingId};
use crate::storage::columns::Columns;
use crate::storage::report_mail::{cause_text, day_text, forgotten_before, recipients_text};
use crate::storage::{
    AuditRow, ReportMail, ReportMailRow, ReportMailStore, SendingEnd, SendingRow, StoreFuture,
};

impl ReportMailStore for SqliteStorage {
    fn report_mails(&self, owner: Option<AccountId>) -> StoreFuture<'_, Vec<ReportMail>> {
        self.read("cannot list the reports by mail", move |conn| {
            let account = owner.map_or([0; 16], |id| *id.as_bytes());
            all(conn, sql::REPORT_MAILS, &[&owner.is_none(), &account], Columns::report_mail)
        })
    }

    fn add_report_mail(&self, mail: ReportMailRow, audit: AuditRow) -> StoreFuture<'_, ()> {
        self.write("cannot add the report by mail", move |conn| {
            let [created, changed] = [mail.created_at, mail.changed_at].map(|at| at.timestamp_millis());
            let values: [&dyn ToSql; 10] = [
                mail.id.as_bytes(),
                mail.account.as_bytes(),
                &mail.survey.as_deref().unwrap_or_default(),
                &mail.breakdown,
                &mail.rhythm.as_str(),
                &mail.hour,
                &recipients_text(&mail.recipients),
                &mail.attachment,
                &created,
                &changed,
            ];
            run(conn, sql::REPORT_MAIL_INSERT, &values)?;
            insert_audit(conn, &audit)
        })
    }

    fn change_report_mail(&self, mail: ReportMailRow, audit: AuditRow) -> StoreFuture<'_, bool> {
        self.write("cannot change the report by mail", move |conn| {
            let values: [&dyn ToSql; 9] = [
                mail.id.as_bytes(),
                mail.account.as_bytes(),
                &mail.survey.as_deref().unwrap_or_default(),
                &mail.breakdown,
                &mail.rhythm.as_str(),
                &mail.hour,
                &recipients_text(&mail.recipients),
                &mail.attachment,
                &mail.changed_at.timestamp_millis(),
            ];
            let changed = run(conn, sql::REPORT_MAIL_UPDATE, &values)? > 0;
            if changed {
                insert_audit(conn, &audit)?;
            }
            Ok(changed)
        })
    }

    fn delete_report_mail(&self, id: ReportMailId, audit: AuditRow) -> StoreFuture<'_, bool> {
        self.write("cannot delete the report by mail", move |conn| {
            run(conn, sql::REPORT_MAIL_SENDINGS_DELETE, &[id.as_bytes()])?;
            let deleted = run(conn, sql::REPORT_MAIL_DELETE, &[id.as_bytes()])? > 0;
            if deleted {
                insert_audit(conn, &audit)?;
            }
            Ok(deleted)
        })
    }

    fn claim_sending(
        &self,
        fence: Fence,
        sending: SendingRow,
        as_of: DateTime<Utc>,
        after: Option<SendingId>,
    ) -> StoreFuture<'_, bool> {
        self.write("cannot take the report in hand", move |conn| {
            let [due, claimed, next, as_of] =
                [sending.due_at, sending.claimed_at, sending.next_at, as_of].map(|at| at.timestamp_millis());
            let values: [&dyn ToSql; 13] = [
                &fence.role.as_str(),
                &fence.epoch,
                sending.mail.as_bytes(),
                &day_text(sending.first),
                &day_text(sending.last),
                sending.claim.as_bytes(),
                &sending.state.as_str(),
                &sending.attempt,
                &due,
                &claimed,
                &next,
                &cause_text(&sending.cause),
                &as_of,
            ];
            let taken = match &after {
                None => run(conn, sql::REPORT_MAIL_CLAIM, &values)?,
                Some(before) => {
                    let mut values = values.to_vec();
                    values.push(before.as_bytes());
                    run(conn, sql::REPORT_MAIL_CLAIM_AGAIN, &values)?
                }
            };
            if taken > 0 {
                let forgotten = forgotten_before(sending.due_at);
                run(conn, sql::REPORT_MAIL_SENDINGS_FORGET, &[sending.mail.as_bytes(), &forgotten])?;
            }
            Ok(taken > 0)
        })
    }

    fn end_sending(&self, claim: SendingId, end: SendingEnd) -> StoreFuture<'_, bool> {
        self.write("cannot note what became of the report", move |conn| {
            let (next, cause) = (end.next_at.timestamp_millis(), cause_text(&end.cause));
            let values: [&dyn ToSql; 4] = [claim.as_bytes(), &end.state.as_str(), &next, &cause];
            Ok(run(conn, sql::REPORT_MAIL_SENDING_END, &values)? > 0)
        })
    }

    fn lose_sendings(&self, fence: Fence, before: DateTime<Utc>) -> StoreFuture<'_, ()> {
        self.write("cannot give up reports that nobody told of", move |conn| {
            let values: [&dyn ToSql; 3] = [&fence.role.as_str(), &fence.epoch, &before.timestamp_millis()];
            run(conn, sql::REPORT_MAIL_SENDINGS_LOSE, &values).map(drop)
        })
    }
}
