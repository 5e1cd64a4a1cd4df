//! Offers, responses and answers in `SQLite`.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, ToSql};

use super::SqliteStorage;
use super::connect::{all, first, run};
use super::fault::Failure;
use super::statements as sql;
use super::{invites, recordings};
use crate::domain::contact::Channel;
use crate::domain::lease::Fence;
use crate::domain::response::Answer;
use crate::foundation::{ResponseId, ServiceId, SurveyId};
use crate::storage::columns::{Columns, answer_columns, fact_columns};
use crate::storage::{
    OfferRow, ResponseRow, ResponseStore, ResponseUpdate, StorageErrorKind, StoreFuture, UpdateOutcome,
};

/// What deletes a response and all that hangs on it, in this order.
const RESPONSE_GONE: [&str; 6] = [
    sql::RESPONSE_PARTS_DELETE,
    sql::RESPONSE_MESSAGES_DELETE,
    sql::INVITE_DELETE,
    sql::ANSWERS_DELETE,
    sql::RESPONSE_DELETE,
    sql::OFFER_DELETE,
];

impl ResponseStore for SqliteStorage {
    fn insert_offer(&self, offer: OfferRow) -> StoreFuture<'_, ()> {
        self.write("cannot store the offer", move |conn| insert_offer(conn, &offer))
    }

    fn update_response(&self, update: ResponseUpdate) -> StoreFuture<'_, UpdateOutcome> {
        self.write("cannot store answers", move |conn| update_response(conn, &update))
    }

    fn response(&self, id: ResponseId) -> StoreFuture<'_, Option<ResponseRow>> {
        self.read("cannot read the response", move |conn| response(conn, id))
    }

    fn response_of_call(
        &self,
        service: ServiceId,
        channel: Channel,
        call_id: String,
        since: DateTime<Utc>,
    ) -> StoreFuture<'_, Option<ResponseId>> {
        self.read("cannot find the response of the call", move |conn| {
            let since = since.timestamp_millis();
            first(
                conn,
                sql::RESPONSE_OF_CALL,
                &[service.as_bytes(), &call_id, &since, &channel.as_str()],
                |row| row.id(ResponseId::from_bytes),
            )
        })
    }

    fn offered_since(&self, survey: SurveyId, since: DateTime<Utc>) -> StoreFuture<'_, u64> {
        self.read("cannot count the survey's responses", move |conn| {
            let values: [&dyn ToSql; 2] = [survey.as_bytes(), &since.timestamp_millis()];
            Ok(first(conn, sql::OFFERED_SINCE, &values, Columns::count)?.unwrap_or(0))
        })
    }

    fn last_offer_to(
        &self,
        customer: String,
        since: DateTime<Utc>,
    ) -> StoreFuture<'_, Option<DateTime<Utc>>> {
        self.read("cannot find the customer's last survey", move |conn| {
            let values: [&dyn ToSql; 2] = [&customer, &since.timestamp_millis()];
            Ok(first(conn, sql::LAST_OFFER_TO, &values, Columns::time_or_null)?.flatten())
        })
    }

    fn offers(
        &self,
        call_id: Option<String>,
        customer: Option<String>,
        limit: u32,
    ) -> StoreFuture<'_, Vec<OfferRow>> {
        self.read_long("cannot list the offers", move |conn| match (&call_id, &customer) {
            (Some(call), customer) => {
                all(conn, sql::OFFERS_OF_CALL, &[&limit, call, customer], Columns::offer)
            }
            (None, Some(customer)) => all(conn, sql::OFFERS_OF_CUSTOMER, &[&limit, customer], Columns::offer),
            (None, None) => all(conn, sql::OFFERS_NEWEST, &[&limit], Columns::offer),
        })
    }

    fn close_idle(
        &self,
        fence: Fence,
        idle_before: DateTime<Utc>,
        now: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        self.write("cannot end idle responses", move |conn| {
            let times = (idle_before.timestamp_millis(), now.timestamp_millis());
            let values: [&dyn ToSql; 5] = [&fence.role.as_str(), &fence.epoch, &times.0, &times.1, &limit];
            count(run(conn, sql::RESPONSES_CLOSE_IDLE, &values))
        })
    }

    fn delete_fruitless_offers(
        &self,
        fence: Fence,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        self.write("cannot delete offers", move |conn| {
            let values: [&dyn ToSql; 4] =
                [&fence.role.as_str(), &fence.epoch, &before.timestamp_millis(), &limit];
            let ids = all(conn, sql::OFFERS_FRUITLESS, &values, |row| row.id(ResponseId::from_bytes))?;
            for id in &ids {
                run(conn, sql::INVITE_DELETE, &[id.as_bytes()])?;
                run(conn, sql::OFFER_DELETE, &[id.as_bytes()])?;
            }
            count(Ok(ids.len()))
        })
    }

    fn delete_responses(
        &self,
        fence: Fence,
        survey: SurveyId,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        self.write("cannot delete responses", move |conn| {
            let before = before.timestamp_millis();
            let values: [&dyn ToSql; 5] =
                [&fence.role.as_str(), &fence.epoch, survey.as_bytes(), &before, &limit];
            let ids =
                all(conn, sql::RESPONSES_OFFERED_BEFORE, &values, |row| row.id(ResponseId::from_bytes))?;
            for id in &ids {
                for step in RESPONSE_GONE {
                    run(conn, step, &[id.as_bytes()])?;
                }
            }
            count(Ok(ids.len()))
        })
    }
}

fn insert_offer(conn: &Connection, offer: &OfferRow) -> Result<(), Failure> {
    if invites::is_taken(conn, offer)? {
        return Ok(());
    }
    let (id, at, facts) = (offer.id.as_bytes(), offer.at.timestamp_millis(), &offer.facts);
    let [dn, customer, call_id, agent_id, agent_name, team, queue] = fact_columns(facts);
    let service = offer.service.as_ref().map(ServiceId::as_bytes);
    let values: [&dyn ToSql; 13] = [
        id,
        &at,
        &service,
        &dn,
        &customer,
        &call_id,
        &agent_id,
        &agent_name,
        &team,
        &queue,
        &offer.result,
        &offer.trace,
        &offer.node,
    ];
    let stored = run(conn, sql::OFFER_INSERT, &values)?;
    if stored == 0 {
        return Ok(());
    }
    begin_response(conn, offer)?;
    offer.invite.iter().try_for_each(|invite| invites::insert_invite(conn, offer, invite))
}

/// Begins the response of an offer that led to one.
fn begin_response(conn: &Connection, offer: &OfferRow) -> Result<(), Failure> {
    let Some(response) = &offer.response else { return Ok(()) };
    let (id, at, service) = (offer.id.as_bytes(), offer.at.timestamp_millis(), offer.service.as_ref());
    let Some(service) = service.map(ServiceId::as_bytes) else {
        let what =
            "a response cannot begin without a service; this is a fault of aftercall, please report it";
        return Err(Failure::Own(StorageErrorKind::Internal, what.into()));
    };
    let values: [&dyn ToSql; 8] = [
        id,
        response.survey.as_bytes(),
        response.version.as_bytes(),
        service,
        &response.channel.as_str(),
        &response.language,
        &response.seed,
        &at,
    ];
    run(conn, sql::RESPONSE_INSERT, &values)?;
    Ok(())
}

fn update_response(conn: &Connection, update: &ResponseUpdate) -> Result<UpdateOutcome, Failure> {
    let id = update.id.as_bytes();
    let at = update.at.timestamp_millis();
    let write = update.write.as_bytes();
    let values: [&dyn ToSql; 5] = [id, &update.expected_seq, &update.state.as_str(), &at, write];
    if run(conn, sql::RESPONSE_UPDATE, &values)? == 0 {
        let written = first(conn, sql::RESPONSE_WRITTEN, &[id, write], Columns::count)?;
        return Ok(if written > Some(0) { UpdateOutcome::Stored } else { UpdateOutcome::Conflict });
    }
    for answer in &update.answers {
        put_answer(conn, id, answer)?;
        recordings::drop_replaced(conn, id, answer)?;
    }
    for recording in &update.recordings {
        recordings::put(conn, id, recording, update.at)?;
    }
    update.follow_up.iter().try_for_each(|follow_up| insert_offer(conn, follow_up))?;
    Ok(UpdateOutcome::Stored)
}

fn put_answer(conn: &Connection, response: &[u8; 16], answer: &Answer) -> Result<(), Failure> {
    let (kind, number, text) = answer_columns(&answer.value);
    let at = answer.at.timestamp_millis();
    let values: [&dyn ToSql; 7] =
        [response, &answer.question_no, &answer.question_key, &kind, &number, &text, &at];
    run(conn, sql::ANSWER_PUT, &values)?;
    Ok(())
}

fn response(conn: &Connection, id: ResponseId) -> Result<Option<ResponseRow>, Failure> {
    let found = first(conn, sql::RESPONSE_GET, &[id.as_bytes()], Columns::response)?;
    let Some(mut response) = found else { return Ok(None) };
    response.answers = all(conn, sql::ANSWERS_OF_RESPONSE, &[id.as_bytes()], Columns::answer)?;
    Ok(Some(response))
}

pub(super) fn count(rows: Result<usize, Failure>) -> Result<u64, Failure> {
    rows.map(|rows| u64::try_from(rows).unwrap_or(u64::MAX))
}
