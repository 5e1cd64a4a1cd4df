//! `/api/v1/invites`: who was invited, who was not and why.

use actix_web::web::{Data, Json, Query};
use serde_json::{Value, json};

use super::super::error::PortalError;
use super::super::responses::number_for;
use super::super::session::SignedIn;
use super::super::state::Portal;
use super::{ListQuery, PAGE, next_page, place};
use crate::domain::account::Right;
use crate::domain::offer::Outcome;
use crate::domain::outbox::MessageState;
use crate::storage::{InviteRow, OutboxFilter};

/// A page of invites, the newest first.
pub(in crate::http::portal) async fn invites(
    portal: Data<Portal>,
    person: SignedIn,
    query: Query<ListQuery>,
) -> Result<Json<Value>, PortalError> {
    person.must(Right::Invite)?;
    let filter = OutboxFilter {
        number: query.number(&portal)?,
        before: query.before()?,
        limit: PAGE + 1,
        ..OutboxFilter::default()
    };
    let mut rows = portal.invites.invites(filter).await?;
    let next = next_page(&mut rows, |row| place(row.at, *row.id.as_bytes()));
    let rows: Vec<Value> = rows.iter().map(|row| show(row, &person)).collect();
    Ok(Json(json!({"invites": rows, "next": next})))
}

fn show(row: &InviteRow, person: &SignedIn) -> Value {
    let outcome = Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == row.result);
    let trace: Value = serde_json::from_str(&row.trace).unwrap_or(Value::Null);
    json!({
        "id": row.id,
        "at": row.at,
        "cause": row.facts.cause.as_str(),
        "number": row.facts.number.as_deref().map(|number| number_for(number, person)),
        "language": row.facts.language,
        "service": row.service,
        "survey": row.survey,
        "result": row.result,
        "why": outcome.map(Outcome::message),
        "steps": trace["steps"],
        "expires_at": row.facts.expires_at,
        "remind_at": row.facts.remind_at,
        "response": row.response,
        "message": row.message.map(MessageState::as_str),
    })
}
