//! Finding responses in SQL Server, and forgetting a person.

use super::change::{Change, Made, first};
use super::responses::count;
use super::value::{Value, values};
use super::{MssqlStorage, statements as sql};
use crate::foundation::ResponseId;
use crate::storage::account_columns::erased;
use crate::storage::found_columns::fold_found;
use crate::storage::records::{FoundBy, FoundValues};
use crate::storage::{
    ArchiveStore, AuditRow, Erased, Erasure, FoundPage, FoundResponse, OfferRow, ResponseFilter, StoreFuture,
};

impl ArchiveStore for MssqlStorage {
    fn find_responses(&self, filter: ResponseFilter, page: FoundPage) -> StoreFuture<'_, Vec<FoundResponse>> {
        let statement = match filter.found_by() {
            FoundBy::Time => sql::FOUND_BY_TIME,
            FoundBy::Customer => sql::FOUND_BY_CUSTOMER,
            FoundBy::Call => sql::FOUND_BY_CALL,
            FoundBy::Id => sql::FOUND_BY_ID,
        };
        let values = found_values(page.limit.get(), filter.values(page.after));
        self.read_long("cannot find the responses", statement, values, |answers| {
            Ok(fold_found(answers.into_iter().flatten())?)
        })
    }

    fn count_responses(&self, filter: ResponseFilter, at_most: u32) -> StoreFuture<'_, u64> {
        let statement = match filter.found_by() {
            FoundBy::Customer => sql::FOUND_COUNT_BY_CUSTOMER,
            FoundBy::Call => sql::FOUND_COUNT_BY_CALL,
            FoundBy::Time | FoundBy::Id => sql::FOUND_COUNT_BY_TIME,
        };
        let values = found_values(at_most, filter.values(None));
        self.read_long("cannot count the responses", statement, values, count)
    }

    fn offer(&self, id: ResponseId) -> StoreFuture<'_, Option<OfferRow>> {
        self.read("cannot read the offer", sql::OFFER_GET, values![id.as_bytes()], |answers| {
            Ok(first(answers).map(|mut row| row.offer()).transpose()?)
        })
    }

    fn erase_customer(&self, customer: String, how: Erasure, audit: AuditRow) -> StoreFuture<'_, Erased> {
        let account = audit.account.as_ref().map_or_else(Vec::new, |id| id.as_bytes().to_vec());
        let id = audit.id.as_bytes();
        let mut values = values![id, audit.at.timestamp_millis()];
        values.push(Value::Bytes(account));
        values.extend([audit.who, audit.action, audit.subject, audit.address].map(Value::from));
        values.push(Value::Bytes(Vec::new()));
        values.push(customer.as_str().into());
        let steps: &[&'static str] = match how {
            Erasure::Delete => &[
                sql::ROLLUPS_OF_CUSTOMER,
                sql::CUSTOMER_PARTS_DELETE,
                sql::CUSTOMER_MESSAGES_DELETE,
                sql::CUSTOMER_INVITES_DELETE,
                sql::CUSTOMER_ANSWERS_DELETE,
                sql::CUSTOMER_RESPONSES_DELETE,
                sql::CUSTOMER_OFFERS_DELETE,
            ],
            Erasure::Anonymise => &[
                sql::CUSTOMER_LINKS_DELETE,
                sql::CUSTOMER_MESSAGES_BLANK,
                sql::CUSTOMER_INVITES_BLANK,
                sql::CUSTOMER_WORDS_BLANK,
                sql::CUSTOMER_AUDIO_DELETE,
                sql::CUSTOMER_RECORDINGS_SILENCE,
                sql::CUSTOMER_OFFERS_BLANK,
            ],
        };
        let noted = Change::of(sql::CUSTOMER_INVITED_OFFERS, values![customer.as_str()])
            .then(sql::AUDIT_INSERT_ERASURE, values);
        let change = steps.iter().fold(noted, |change, step| change.then(*step, values![customer.as_str()]));
        let change =
            change.result(sql::AUDIT_ERASURE_GET, values![id]).made_if(sql::AUDIT_EXISTS, values![id]);
        let told = self.change("cannot forget the customer", change, |made| match made {
            Made::Done(Some(mut row)) => Ok(row.get::<String>().ok()),
            Made::Done(None) | Made::Undone => Ok(None),
        });
        let id = audit.id;
        Box::pin(async move {
            if let Some(told) = told.await? {
                return Ok(erased(Some(&told)));
            }
            // Made by an attempt that nobody heard the end of.
            let values = values![id.as_bytes()];
            self.read("cannot read what was erased", sql::AUDIT_ERASURE_GET, values, |answers| {
                let told = first(answers).map(|mut row| row.get::<String>()).transpose()?;
                Ok(erased(told.as_deref()))
            })
            .await
        })
    }
}

fn found_values(limit: u32, values: FoundValues) -> Vec<Value> {
    let FoundValues { before, from, until, survey, nothing, service, texts, .. } = values;
    let mut bound = values![limit, before.0, &before.1, from, until, &survey, &nothing, &service];
    bound.extend(texts.map(Value::from));
    let FoundValues { value_kind, numbers, choice, with_comment, person, id, .. } = values;
    bound.extend(values![value_kind, numbers.0, numbers.1, choice, with_comment]);
    bound.extend(person.map(Value::from));
    bound.push(Value::from(&id));
    bound
}
