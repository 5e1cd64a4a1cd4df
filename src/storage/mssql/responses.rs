//! Offers, responses and answers in SQL Server.

use chrono::{DateTime, Utc};

use super::change::first;
use super::fault::Failure;
use super::link::Answers;
use super::room::Write;
use super::value::values;
use super::{MssqlStorage, gone, statements as sql};
use crate::domain::contact::Channel;
use crate::domain::lease::Fence;
use crate::foundation::{ResponseId, ServiceId, SurveyId};
use crate::storage::columns::Columns;
use crate::storage::{OfferRow, ResponseRow, ResponseStore, ResponseUpdate, StoreFuture, UpdateOutcome};

impl ResponseStore for MssqlStorage {
    fn insert_offer(&self, offer: OfferRow) -> StoreFuture<'_, ()> {
        let stored = self.write("cannot store the offer", Write::Offer(Box::new(offer)));
        Box::pin(async move { stored.await.map(|_| ()) })
    }

    fn update_response(&self, update: ResponseUpdate) -> StoreFuture<'_, UpdateOutcome> {
        self.write("cannot store answers", Write::Update(Box::new(update)))
    }

    fn response(&self, id: ResponseId) -> StoreFuture<'_, Option<ResponseRow>> {
        let doing = "cannot read the response";
        self.read(doing, sql::RESPONSE_WITH_ANSWERS, values![id.as_bytes()], response)
    }

    fn response_of_call(
        &self,
        service: ServiceId,
        channel: Channel,
        call_id: String,
        since: DateTime<Utc>,
    ) -> StoreFuture<'_, Option<ResponseId>> {
        let values = values![service.as_bytes(), call_id, since.timestamp_millis(), channel.as_str()];
        self.read("cannot find the response of the call", sql::RESPONSE_OF_CALL, values, |answers| {
            Ok(first(answers).map(|mut row| row.id(ResponseId::from_bytes)).transpose()?)
        })
    }

    fn offered_since(&self, survey: SurveyId, since: DateTime<Utc>) -> StoreFuture<'_, u64> {
        let values = values![survey.as_bytes(), since.timestamp_millis()];
        self.read("cannot count the survey's responses", sql::OFFERED_SINCE, values, count)
    }

    fn last_offer_to(
        &self,
        customer: String,
        since: DateTime<Utc>,
    ) -> StoreFuture<'_, Option<DateTime<Utc>>> {
        let values = values![customer, since.timestamp_millis()];
        self.read("cannot find the customer's last survey", sql::LAST_OFFER_TO, values, |answers| {
            Ok(first(answers).map(|mut row| row.time_or_null()).transpose()?.flatten())
        })
    }

    fn offers(
        &self,
        call_id: Option<String>,
        customer: Option<String>,
        limit: u32,
    ) -> StoreFuture<'_, Vec<OfferRow>> {
        let (sql, values) = match (call_id, customer) {
            (Some(call), customer) => {
                (sql::OFFERS_OF_CALL, values![limit, call, customer.unwrap_or_default()])
            }
            (None, Some(customer)) => (sql::OFFERS_OF_CUSTOMER, values![limit, customer]),
            (None, None) => (sql::OFFERS_NEWEST, values![limit]),
        };
        self.read_long("cannot list the offers", sql, values, |answers| all(answers, Columns::offer))
    }

    fn close_idle(
        &self,
        fence: Fence,
        idle_before: DateTime<Utc>,
        now: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        let values = values![idle_before.timestamp_millis(), now.timestamp_millis(), limit];
        self.fenced("cannot end idle responses", sql::RESPONSES_CLOSE_IDLE, fence, values)
    }

    fn delete_fruitless_offers(
        &self,
        fence: Fence,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        let values = values![before.timestamp_millis(), limit];
        self.fenced("cannot delete offers", sql::OFFERS_DELETE_FRUITLESS, fence, values)
    }

    fn delete_responses(
        &self,
        fence: Fence,
        survey: SurveyId,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        let values = values![survey.as_bytes(), before.timestamp_millis(), limit];
        self.fenced("cannot delete responses", sql::RESPONSES_DELETE, fence, values)
    }
}

impl MssqlStorage {
    fn write(&self, doing: &'static str, write: Write) -> StoreFuture<'_, UpdateOutcome> {
        match &self.writers {
            Some(writers) => writers.write(doing, write),
            None => Box::pin(async move { Err(gone(doing)) }),
        }
    }
}

/// The count in the first row.
pub(super) fn count(answers: Answers) -> Result<u64, Failure> {
    Ok(first(answers).map(|mut row| row.count()).transpose()?.unwrap_or(0))
}

/// All rows.
pub(super) fn all<T>(
    answers: Answers,
    read: impl Fn(&mut Columns) -> Result<T, crate::storage::columns::Unreadable>,
) -> Result<Vec<T>, Failure> {
    Ok(answers.into_iter().flatten().map(|mut row| read(&mut row)).collect::<Result<_, _>>()?)
}

fn response(answers: Answers) -> Result<Option<ResponseRow>, Failure> {
    let mut sets = answers.into_iter();
    let Some(mut row) = sets.next().into_iter().flatten().next() else { return Ok(None) };
    let mut response = row.response()?;
    response.answers = all(sets.collect(), Columns::answer)?;
    Ok(Some(response))
}
