//! Finding responses in `SQLite`, and forgetting a person.

use rusqlite::{Connection, ToSql};

use super::SqliteStorage;
use super::connect::{first, grouped, run};
use super::fault::Failure;
use super::statements as sql;
use crate::foundation::ResponseId;
use crate::storage::account_columns::erased;
use crate::storage::columns::Columns;
use crate::storage::found_columns::RESPONSE_COLUMNS;
use crate::storage::records::{FoundBy, FoundValues};
use crate::storage::{
    ArchiveStore, AuditRow, Erased, Erasure, FoundPage, FoundResponse, OfferRow, ResponseFilter, StoreFuture,
};

impl ArchiveStore for SqliteStorage {
    fn find_responses(&self, filter: ResponseFilter, page: FoundPage) -> StoreFuture<'_, Vec<FoundResponse>> {
        self.read_long("cannot find the responses", move |conn| {
            let statement = match filter.found_by() {
                FoundBy::Time => sql::FOUND_BY_TIME,
                FoundBy::Customer => sql::FOUND_BY_CUSTOMER,
                FoundBy::Call => sql::FOUND_BY_CALL,
                FoundBy::Id => sql::FOUND_BY_ID,
            };
            let values = filter.values(page.after);
            found(conn, statement, &values, page.limit.get(), |conn, sql, values| {
                grouped(conn, sql, values, RESPONSE_COLUMNS, Columns::found, Columns::found_answer)
            })
        })
    }

    fn count_responses(&self, filter: ResponseFilter, at_most: u32) -> StoreFuture<'_, u64> {
        self.read_long("cannot count the responses", move |conn| {
            let statement = match filter.found_by() {
                FoundBy::Customer => sql::FOUND_COUNT_BY_CUSTOMER,
                FoundBy::Call => sql::FOUND_COUNT_BY_CALL,
                FoundBy::Time | FoundBy::Id => sql::FOUND_COUNT_BY_TIME,
            };
            let values = filter.values(None);
            found(conn, statement, &values, at_most, |conn, sql, values| {
                Ok(first(conn, sql, values, Columns::count)?.unwrap_or(0))
            })
        })
    }

    fn offer(&self, id: ResponseId) -> StoreFuture<'_, Option<OfferRow>> {
        self.read("cannot read the offer", move |conn| {
            first(conn, sql::OFFER_GET, &[id.as_bytes()], Columns::offer)
        })
    }

    fn erase_customer(&self, customer: String, how: Erasure, audit: AuditRow) -> StoreFuture<'_, Erased> {
        self.write("cannot forget the customer", move |conn| {
            run(conn, sql::CUSTOMER_INVITED_OFFERS, &[&customer])?;
            note_erasure(conn, &audit, &customer)?;
            let steps: &[&str] = match how {
                Erasure::Delete => &[
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
            for step in steps {
                run(conn, step, &[&customer])?;
            }
            let told: Option<String> =
                first(conn, sql::AUDIT_ERASURE_GET, &[audit.id.as_bytes()], Columns::get)?;
            Ok(erased(told.as_deref()))
        })
    }
}

fn note_erasure(conn: &Connection, audit: &AuditRow, customer: &str) -> Result<(), Failure> {
    let account: &[u8] = audit.account.as_ref().map_or(&[], |id| id.as_bytes());
    let nothing: &[u8] = &[];
    let at = audit.at.timestamp_millis();
    let values: [&dyn ToSql; 9] = [
        audit.id.as_bytes(),
        &at,
        &account,
        &audit.who,
        &audit.action,
        &audit.subject,
        &audit.address,
        &nothing,
        &customer,
    ];
    run(conn, sql::AUDIT_INSERT_ERASURE, &values).map(drop)
}

/// Asks a statement about responses.
fn found<T>(
    conn: &Connection,
    statement: &str,
    values: &FoundValues,
    limit: u32,
    ask: impl FnOnce(&Connection, &str, &[&dyn ToSql]) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let FoundValues { before, from, until, survey, nothing, service, .. } = values;
    let mut bound: Vec<&dyn ToSql> =
        vec![&limit, &before.0, &before.1, from, until, survey, nothing, service];
    bound.extend(values.texts.iter().map(|text| text as &dyn ToSql));
    let FoundValues { value_kind, numbers, choice, with_comment, person, id, .. } = values;
    bound.extend([value_kind as &dyn ToSql, &numbers.0, &numbers.1, choice, with_comment]);
    bound.extend(person.iter().map(|text| text as &dyn ToSql));
    bound.push(id);
    ask(conn, statement, &bound)
}
