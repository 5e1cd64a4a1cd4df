//! Invites, and who wants no messages, in `SQLite`.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, ToSql};

use super::SqliteStorage;
use super::accounts::insert_audit;
use super::connect::{all, first, run};
use super::fault::Failure;
use super::outbox::insert_message;
use super::statements as sql;
use crate::foundation::ResponseId;
use crate::storage::columns::Columns;
use crate::storage::outbox::place;
use crate::storage::{
    AuditRow, InviteFacts, InviteRow, InviteStore, OfferRow, OptOutRow, OutboxFilter, StoreFuture,
};

impl InviteStore for SqliteStorage {
    fn invite_of(&self, reference: String) -> StoreFuture<'_, Option<InviteRow>> {
        self.read("cannot find the invite", move |conn| {
            first(conn, sql::INVITE_OF, &[&reference], Columns::invite)
        })
    }

    fn invite(&self, id: ResponseId) -> StoreFuture<'_, Option<InviteRow>> {
        self.read("cannot read the invite", move |conn| {
            first(conn, sql::INVITE_GET, &[id.as_bytes()], Columns::invite)
        })
    }

    fn invites(&self, filter: OutboxFilter) -> StoreFuture<'_, Vec<InviteRow>> {
        self.read_long("cannot list the invites", move |conn| {
            let (at, id) = place(&filter);
            let values: [&dyn ToSql; 5] = [&filter.limit, &at, &id, &filter.number, &filter.result];
            all(conn, sql::INVITES, &values, Columns::invite)
        })
    }

    fn open_dialogue(&self, number: String) -> StoreFuture<'_, Option<ResponseId>> {
        self.read("cannot find the dialogue", move |conn| {
            first(conn, sql::DIALOGUE_OPEN, &[&number], |row| row.id(ResponseId::from_bytes))
        })
    }

    fn opt_out(&self, number: String) -> StoreFuture<'_, Option<OptOutRow>> {
        self.read("cannot see whether the number wants messages", move |conn| {
            first(conn, sql::OPT_OUT_GET, &[&number], Columns::opt_out)
        })
    }

    fn opt_outs(
        &self,
        number: Option<String>,
        before: Option<DateTime<Utc>>,
        limit: u32,
    ) -> StoreFuture<'_, Vec<OptOutRow>> {
        self.read("cannot list who wants no messages", move |conn| {
            let before = before.map_or(i64::MAX, |at| at.timestamp_millis());
            all(conn, sql::OPT_OUTS, &[&limit, &before, &number], Columns::opt_out)
        })
    }

    fn put_opt_out(&self, opt_out: OptOutRow, audit: Option<AuditRow>) -> StoreFuture<'_, ()> {
        self.write("cannot note that the number wants no messages", move |conn| {
            let values: [&dyn ToSql; 3] = [&opt_out.number, &opt_out.at.timestamp_millis(), &opt_out.source];
            run(conn, sql::OPT_OUT_INSERT, &values)?;
            audit.iter().try_for_each(|audit| insert_audit(conn, audit))
        })
    }

    fn delete_opt_out(&self, number: String, audit: Option<AuditRow>) -> StoreFuture<'_, bool> {
        self.write("cannot forget that the number wants no messages", move |conn| {
            let deleted = run(conn, sql::OPT_OUT_DELETE, &[&number])? > 0;
            if deleted {
                audit.iter().try_for_each(|audit| insert_audit(conn, audit))?;
            }
            Ok(deleted)
        })
    }
}

/// Whether another ask has the reference of this one, which is then not stored.
pub(super) fn is_taken(conn: &Connection, offer: &OfferRow) -> Result<bool, Failure> {
    let Some(invite) = &offer.invite else { return Ok(false) };
    let values: [&dyn ToSql; 2] = [&invite.reference, offer.id.as_bytes()];
    Ok(first(conn, sql::INVITE_TAKEN, &values, Columns::count)? > Some(0))
}

/// Stores what there is of an invite beside its ask and response: itself, and its message.
pub(super) fn insert_invite(
    conn: &Connection,
    offer: &OfferRow,
    invite: &InviteFacts,
) -> Result<(), Failure> {
    let millis = |at: Option<DateTime<Utc>>| at.map(|at| at.timestamp_millis());
    let values: [&dyn ToSql; 9] = [
        offer.id.as_bytes(),
        &offer.at.timestamp_millis(),
        &invite.reference,
        &invite.cause.as_str(),
        &invite.caused_by.as_ref().map(ResponseId::as_bytes),
        &invite.number,
        &invite.language,
        &millis(invite.expires_at),
        &millis(invite.remind_at),
    ];
    run(conn, sql::INVITE_INSERT, &values)?;
    invite.message.iter().try_for_each(|message| insert_message(conn, message))
}
