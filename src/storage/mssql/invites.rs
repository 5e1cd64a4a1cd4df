//! Invites, and who wants no messages, in SQL Server.

use chrono::{DateTime, Utc};

use super::catalog::{done, told};
use super::change::{Change, first};
use super::responses::all;
use super::value::values;
use super::{MssqlStorage, statements as sql};
use crate::foundation::ResponseId;
use crate::storage::columns::Columns;
use crate::storage::outbox::place;
use crate::storage::{AuditRow, InviteRow, InviteStore, OptOutRow, OutboxFilter, StoreFuture};

impl InviteStore for MssqlStorage {
    fn invite_of(&self, reference: String) -> StoreFuture<'_, Option<InviteRow>> {
        self.read("cannot find the invite", sql::INVITE_OF, values![reference], |answers| {
            Ok(first(answers).map(|mut row| row.invite()).transpose()?)
        })
    }

    fn invite(&self, id: ResponseId) -> StoreFuture<'_, Option<InviteRow>> {
        self.read("cannot read the invite", sql::INVITE_GET, values![id.as_bytes()], |answers| {
            Ok(first(answers).map(|mut row| row.invite()).transpose()?)
        })
    }

    fn invites(&self, filter: OutboxFilter) -> StoreFuture<'_, Vec<InviteRow>> {
        let (at, id) = place(&filter);
        let (number, result) = (filter.number.unwrap_or_default(), filter.result.unwrap_or_default());
        let values = values![filter.limit, at, &id, number, result];
        self.read_long("cannot list the invites", sql::INVITES, values, |answers| {
            all(answers, Columns::invite)
        })
    }

    fn open_dialogue(&self, number: String) -> StoreFuture<'_, Option<ResponseId>> {
        self.read("cannot find the dialogue", sql::DIALOGUE_OPEN, values![number], |answers| {
            Ok(first(answers).map(|mut row| row.id(ResponseId::from_bytes)).transpose()?)
        })
    }

    fn opt_out(&self, number: String) -> StoreFuture<'_, Option<OptOutRow>> {
        let doing = "cannot see whether the number wants messages";
        self.read(doing, sql::OPT_OUT_GET, values![number], |answers| {
            Ok(first(answers).map(|mut row| row.opt_out()).transpose()?)
        })
    }

    fn opt_outs(
        &self,
        number: Option<String>,
        before: Option<DateTime<Utc>>,
        limit: u32,
    ) -> StoreFuture<'_, Vec<OptOutRow>> {
        let before = before.map_or(i64::MAX, |at| at.timestamp_millis());
        let values = values![limit, before, number.unwrap_or_default()];
        self.read("cannot list who wants no messages", sql::OPT_OUTS, values, |answers| {
            all(answers, Columns::opt_out)
        })
    }

    fn put_opt_out(&self, opt_out: OptOutRow, audit: Option<AuditRow>) -> StoreFuture<'_, ()> {
        let values = values![opt_out.number, opt_out.at.timestamp_millis(), opt_out.source];
        let change = told(Change::of(sql::OPT_OUT_INSERT, values), audit.as_ref());
        self.adds("cannot note that the number wants no messages", change, done)
    }

    fn delete_opt_out(&self, number: String, audit: Option<AuditRow>) -> StoreFuture<'_, bool> {
        let change = Change::default().or_undo(sql::OPT_OUT_DELETE, values![number]);
        let change = told(change, audit.as_ref());
        self.change("cannot forget that the number wants no messages", change, |made| Ok(made.is_done()))
    }
}
