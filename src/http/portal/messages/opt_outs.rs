//! `/api/v1/opt-outs`: who wants no messages.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Query};
use chrono::DateTime;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::error::PortalError;
use super::super::responses::number_for;
use super::super::session::SignedIn;
use super::super::state::Portal;
use super::{ListQuery, PAGE, next_page, number};
use crate::audit::Deed;
use crate::domain::account::{AuditAction, Right};
use crate::domain::sms::masked;
use crate::storage::OptOutRow;

/// A page of the list, the newest first.
pub(in crate::http::portal) async fn opt_outs(
    portal: Data<Portal>,
    person: SignedIn,
    query: Query<ListQuery>,
) -> Result<Json<Value>, PortalError> {
    person.must(Right::Invite)?;
    let before = query.before.as_deref().and_then(|text| text.parse().ok());
    let before = before.and_then(DateTime::from_timestamp_millis);
    let mut rows = portal.invites.opt_outs(query.number(&portal)?, before, PAGE + 1).await?;
    let next = next_page(&mut rows, |row| row.at.timestamp_millis().to_string());
    let show = |row: &OptOutRow| json!({"number": number_for(&row.number, &person), "at": row.at, "source": row.source});
    let rows: Vec<Value> = rows.iter().map(show).collect();
    Ok(Json(json!({"opt_outs": rows, "next": next})))
}

/// A number.
#[derive(Deserialize)]
pub(in crate::http::portal) struct NumberBody {
    number: String,
}

/// Puts a number on the list.
pub(in crate::http::portal) async fn add(
    portal: Data<Portal>,
    person: SignedIn,
    body: Json<NumberBody>,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::Invite)?;
    let number = number(&portal, &body.number)?;
    let subject = masked(&number);
    let audit = portal.told(&person, Deed::plain(AuditAction::OptOutAdded, &subject));
    let row = OptOutRow { number, at: portal.clock.now(), source: "portal".to_owned() };
    portal.invites.put_opt_out(row, Some(audit)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes a number off the list. The number is in the body: addresses are written down in many places.
pub(in crate::http::portal) async fn remove(
    portal: Data<Portal>,
    person: SignedIn,
    body: Json<NumberBody>,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::Invite)?;
    let number = number(&portal, &body.number)?;
    let subject = masked(&number);
    let audit = portal.told(&person, Deed::plain(AuditAction::OptOutRemoved, &subject));
    if portal.invites.delete_opt_out(number, Some(audit)).await? {
        return Ok(HttpResponse::NoContent().finish());
    }
    Err(PortalError::nothing("the number is not on the list"))
}
