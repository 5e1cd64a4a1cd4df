//! `/api/v1/export`: what the portal shows, as files for spreadsheets and programs. Responses are read page by page and sent as
//! they are read: what is held is a page, however many there are.

mod columns;
mod csv;
mod json;
mod xlsx;

use std::num::NonZeroU32;
use std::task::Poll;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::{Data, Path, Query};
use futures_util::future::{FutureExt, LocalBoxFuture, ready};
use futures_util::poll;
use serde_json::json;

use super::error::PortalError;
use super::filter::{Filters, Wanted};
use super::reports::{self, Asked};
use super::session::SignedIn;
use super::state::Portal;
use crate::audit::Deed;
use crate::domain::account::{AuditAction, Right};
use crate::reports::sheet::{Form, Report, Row, figures};
use crate::storage::{FoundPage, FoundPlace, FoundResponse, StorageError};
use columns::Columns;

/// Responses that are read at once.
const PAGE: NonZeroU32 = match NonZeroU32::new(2_000) {
    Some(page) => page,
    None => NonZeroU32::MIN,
};

/// Responses as a file, the newest first: one row each, with all that is known of it and a column for each question.
pub(super) async fn responses(
    portal: Data<Portal>,
    person: SignedIn,
    form: Path<String>,
    asked: Query<Filters>,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::SeeResults)?;
    let form = form_of(&form)?;
    let wanted = asked.read(&portal, &person).await?;
    let columns = Columns::of(&portal, &wanted).await?;
    let deed = Deed::new(
        AuditAction::ResponsesExported,
        form.as_str(),
        json!({"filters": asked.shown(), "fields": columns.names()}),
    );
    portal.accounts.note_audit(portal.told(&person, deed)).await?;
    let pages = Pages::of(portal, person, wanted);
    let mut reply = attached(form, &format!("responses.{}", form.as_str()));
    Ok(match form {
        Form::Csv => reply.streaming(csv::stream(pages, columns)),
        Form::Json => reply.streaming(json::stream(pages, columns)),
        Form::Xlsx => reply.body(xlsx::book(pages, columns).await?),
    })
}

/// The figures of a report as a file.
pub(super) async fn report(
    portal: Data<Portal>,
    person: SignedIn,
    form: Path<String>,
    asked: Query<Asked>,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::SeeResults)?;
    let form = form_of(&form)?;
    let made = reports::make(&portal, &person, &asked).await?;
    let report = Report { by: made.by, days: (made.from, made.until), figures: &made.groups };
    let file = figures(&report, portal.settings.min_answers).to_file(form)?;
    Ok(attached(form, &format!("report.{}", form.as_str())).body(file))
}

fn form_of(word: &str) -> Result<Form, PortalError> {
    Form::parse(word).ok_or_else(|| PortalError::nothing("there are files in the forms csv, xlsx and json"))
}

/// A reply that is a file of this name.
pub(super) fn attached(form: Form, name: &str) -> actix_web::HttpResponseBuilder {
    let mut reply = HttpResponse::Ok();
    reply
        .content_type(form.content_type())
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
    reply
}

/// The responses that are exported, page by page. While one is written, the database reads the next.
struct Pages {
    portal: Data<Portal>,
    person: SignedIn,
    wanted: Wanted,
    /// `None` at the end.
    next: Option<Reading>,
}

/// A page that is being read.
type Reading = LocalBoxFuture<'static, Result<Vec<FoundResponse>, StorageError>>;

impl Pages {
    fn of(portal: Data<Portal>, person: SignedIn, wanted: Wanted) -> Self {
        let next = Some(read(&portal, &wanted, None));
        Self { portal, person, wanted, next }
    }

    /// The next page; `None` at the end.
    async fn next(&mut self) -> Result<Option<Vec<FoundResponse>>, PortalError> {
        let Some(reading) = self.next.take() else { return Ok(None) };
        let mut rows = reading.await?;
        if let Some(last) = rows.last().filter(|_| rows.len() >= PAGE.get() as usize) {
            let mut next = read(&self.portal, &self.wanted, Some(last.place()));
            // Polled once, it is on its way.
            self.next = Some(match poll!(&mut next) {
                Poll::Ready(read) => ready(read).boxed_local(),
                Poll::Pending => next,
            });
        }
        rows.retain(|row| self.wanted.holds(row));
        Ok(Some(rows))
    }

    fn row(&self, found: &FoundResponse, columns: &Columns) -> Row {
        columns.row(found, self.portal.settings.zone, &self.person)
    }
}

fn read(portal: &Data<Portal>, wanted: &Wanted, after: Option<FoundPlace>) -> Reading {
    let (portal, filter) = (portal.clone(), wanted.filter.clone());
    let page = FoundPage { after, limit: PAGE };
    async move { portal.archive.find_responses(filter, page).await }.boxed_local()
}
