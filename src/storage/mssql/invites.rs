//! Invites, and who wants no messages, in SQL Server.

use chrono::{DateTime, Utc};

use super::catalog::{done, told};
use super::change::{Change, first};
use super::outbox::message_values;
use super::responses::all;
use super::value::{Value, values};
use super::{MssqlStorage, statements as sql};
use crate::foundation::ResponseId;
use crate::storage::columns::{Columns, fact_columns};
use crate::storage::outbox::place;
use crate::storage::{
    AuditRow, InviteFacts, InviteRow, InviteStore, OfferRow, OptOutRow, OutboxFilter, ResponseUpdate,
    StoreFuture, UpdateOutcome,
};

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
        let mut values = values![filter.limit, at, &id];
        values.push(Value::TextOrNull(filter.number));
        values.push(Value::TextOrNull(filter.result));
        self.read("cannot list the invites", sql::INVITES, values, |answers| all(answers, Columns::invite))
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
        let mut values = values![limit, before.map_or(i64::MAX, |at| at.timestamp_millis())];
        values.push(Value::TextOrNull(number));
        self.read("cannot list who wants no messages", sql::OPT_OUTS, values, |answers| {
            all(answers, Columns::opt_out)
        })
    }

    fn put_opt_out(&self, opt_out: OptOutRow, audit: Option<AuditRow>) -> StoreFuture<'_, ()> {
        let values = values![opt_out.number, opt_out.at.timestamp_millis(), opt_out.source];
        let change = told(Change::of(sql::OPT_OUT_INSERT, values), audit.as_ref());
        self.change("cannot note that the number wants no messages", change, done)
    }

    fn delete_opt_out(&self, number: String, audit: Option<AuditRow>) -> StoreFuture<'_, bool> {
        let change = Change::default().or_undo(sql::OPT_OUT_DELETE, values![number]);
        let change = told(change, audit.as_ref());
        self.change("cannot forget that the number wants no messages", change, |made| Ok(made.is_done()))
    }
}

impl MssqlStorage {
    /// Stores an ask with its invite: not with those of calls in one request, for there are few of them.
    pub(super) fn insert_invite(&self, offer: &OfferRow, invite: &InviteFacts) -> StoreFuture<'_, ()> {
        let taken = values![invite.reference.as_str(), offer.id.as_bytes()];
        let change = Change::default().unless(sql::INVITE_TAKEN, taken);
        let change = invited(change, offer, invite).made_if(sql::OFFER_STORED, values![offer.id.as_bytes()]);
        let stored = self.change("cannot store the invite", change, done);
        Box::pin(async move {
            match stored.await {
                // It was stored before, or another with its reference was at the same moment.
                Err(error) if error.kind == crate::storage::StorageErrorKind::Duplicate => Ok(()),
                stored => stored,
            }
        })
    }

    /// Ends a response that is followed by an ask by another way, both or neither. Nothing is answered by such a change.
    pub(super) fn follow_up(
        &self,
        update: ResponseUpdate,
        follow_up: &OfferRow,
    ) -> StoreFuture<'_, UpdateOutcome> {
        let id = update.id.as_bytes();
        let values = values![
            id,
            update.expected_seq,
            update.state.as_str(),
            update.at.timestamp_millis(),
            update.write.as_bytes(),
        ];
        let change = Change::default()
            .or_undo(sql::RESPONSE_UPDATE, values)
            .then(sql::ROLLUPS_OF_RESPONSE, values![id]);
        let change = match &follow_up.invite {
            Some(invite) => invited(change, follow_up, invite),
            None => change,
        };
        let written = values![id, update.write.as_bytes()];
        let change = change.made_if(sql::RESPONSE_WRITTEN, written);
        self.change("cannot store the end of the call", change, |made| {
            Ok(if made.is_done() { UpdateOutcome::Stored } else { UpdateOutcome::Conflict })
        })
    }
}

/// The steps that store an ask, its response where one begins, its invite and its message.
fn invited(change: Change, offer: &OfferRow, invite: &InviteFacts) -> Change {
    let at = offer.at.timestamp_millis();
    let mut values = values![offer.id.as_bytes(), at];
    values.push(id_or_null(offer.service.as_ref().map(|service| *service.as_bytes())));
    values.extend(fact_columns(&offer.facts).map(|fact| Value::TextOrNull(fact.map(str::to_owned))));
    values.extend(values![offer.result.as_str(), offer.trace.as_str(), offer.node.as_str()]);
    let mut change = change.or_undo(sql::OFFER_INSERT, values);
    if let (Some(begins), Some(service)) = (&offer.response, &offer.service) {
        let values = values![
            offer.id.as_bytes(),
            begins.survey.as_bytes(),
            begins.version.as_bytes(),
            service.as_bytes(),
            begins.channel.as_str(),
            begins.language.as_str(),
            begins.seed,
            at,
        ];
        change = change.then(sql::RESPONSE_INSERT, values);
    }
    let millis = |at: Option<DateTime<Utc>>| Value::IntegerOrNull(at.map(|at| at.timestamp_millis()));
    let mut values = values![offer.id.as_bytes(), at, invite.reference.as_str(), invite.cause.as_str()];
    values.push(id_or_null(invite.caused_by.map(|response| *response.as_bytes())));
    values.push(Value::TextOrNull(invite.number.clone()));
    values.push(invite.language.as_str().into());
    values.push(millis(invite.expires_at));
    values.push(millis(invite.remind_at));
    change = change.then(sql::INVITE_INSERT, values);
    match &invite.message {
        Some(message) => change.then(sql::MESSAGE_INSERT, message_values(message)),
        None => change,
    }
}

/// An id, or none.
pub(super) fn id_or_null(id: Option<[u8; 16]>) -> Value {
    Value::BytesOrNull(id.map(|id| id.to_vec()))
}
