//! `/api/v1/audit`: who did what. It is read here; nothing in the product changes or deletes a line.

use actix_web::web::{Data, Json, Query};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::PortalError;
use super::session::SignedIn;
use super::state::Portal;
use crate::domain::account::Right;
use crate::foundation::AuditId;
use crate::storage::AuditRow;

/// Lines of a page at most.
const LONGEST_PAGE: u32 = 200;
/// Lines of a page where nobody says how many.
const USUAL_PAGE: u32 = 50;

/// Which part of the log.
#[derive(Deserialize)]
pub(super) struct Asked {
    before: Option<String>,
    limit: Option<u32>,
}

/// The log, the newest lines first, and by what the next page begins.
pub(super) async fn list(
    portal: Data<Portal>,
    person: SignedIn,
    asked: Query<Asked>,
) -> Result<Json<Value>, PortalError> {
    person.must(Right::ManageUsers)?;
    let before = asked.before.as_deref().map(str::parse::<AuditId>).transpose();
    let before = before.map_err(|error| PortalError::bad("bad_parameter", format!("before: {error}")))?;
    let limit = asked.limit.unwrap_or(USUAL_PAGE).clamp(1, LONGEST_PAGE);
    let mut lines = portal.accounts.audit(before, limit + 1).await?;
    let has_more = lines.len() > limit as usize;
    lines.truncate(limit as usize);
    let next = lines.last().filter(|_| has_more).map(|line| line.id);
    Ok(Json(json!({"entries": lines.iter().map(show).collect::<Vec<_>>(), "next": next})))
}

fn show(line: &AuditRow) -> Value {
    let read =
        |text: &Option<String>| text.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok());
    json!({
        "id": line.id,
        "at": line.at,
        "who": line.who,
        "action": line.action,
        "subject": line.subject,
        "before": read(&line.before),
        "after": read(&line.after),
        "address": line.address,
    })
}
