//! `/api/v1/messages`: the messages, and a person's word on those that need one.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path, Query};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::super::error::PortalError;
use super::super::responses::number_for;
use super::super::session::SignedIn;
use super::super::state::Portal;
use super::{ListQuery, PAGE, next_page, place};
use crate::audit::Deed;
use crate::domain::account::{AuditAction, Right};
use crate::domain::outbox::MessageState;
use crate::foundation::MessageId;
use crate::storage::{OutboxFilter, StoredMessage};

/// States in which nothing goes on by itself, and a person may say something.
const DEAD: [MessageState; 4] =
    [MessageState::Refused, MessageState::Unknown, MessageState::Undelivered, MessageState::Expired];
/// States of what is still to be sent.
const WAITING: [MessageState; 3] = [MessageState::Queued, MessageState::Claimed, MessageState::Submitting];
/// How long a message that a person has sent again is of use.
const HOLDS_AGAIN: TimeDelta = TimeDelta::hours(24);

/// A page of messages, the newest first, and how many there are in each state.
pub(in crate::http::portal) async fn messages(
    portal: Data<Portal>,
    person: SignedIn,
    query: Query<ListQuery>,
) -> Result<Json<Value>, PortalError> {
    person.must(Right::Invite)?;
    let states = match query.which.as_deref() {
        Some("dead") => DEAD.to_vec(),
        Some("waiting") => WAITING.to_vec(),
        _ => Vec::new(),
    };
    let filter = OutboxFilter {
        number: query.number(&portal)?,
        states,
        before: query.before()?,
        limit: PAGE + 1,
        ..OutboxFilter::default()
    };
    let mut rows = portal.outbox.messages(filter).await?;
    let next = next_page(&mut rows, |row| place(row.row.created_at, *row.row.id.as_bytes()));
    let counts = portal.outbox.message_counts().await?;
    let counts: serde_json::Map<String, Value> =
        counts.into_iter().map(|(state, count)| (state.as_str().to_owned(), json!(count))).collect();
    let rows: Vec<Value> = rows.iter().map(|row| show(row, &person)).collect();
    Ok(Json(json!({"messages": rows, "next": next, "counts": counts})))
}

fn show(message: &StoredMessage, person: &SignedIn) -> Value {
    let row = &message.row;
    json!({
        "id": row.id,
        "purpose": row.purpose.as_str(),
        "number": number_for(&row.number, person),
        "response": row.response,
        "state": message.state.as_str(),
        "cause": message.cause,
        "route": message.route,
        "parts": message.parts,
        "attempt": message.attempt,
        "doubles": message.doubles,
        "created_at": row.created_at,
        "due_at": row.due_at,
        "expires_at": row.expires_at,
        "changed_at": message.changed_at,
        "may_send_again": DEAD.contains(&message.state),
    })
}

/// Has a message sent again.
pub(in crate::http::portal) async fn again(
    portal: Data<Portal>,
    person: SignedIn,
    id: Path<String>,
) -> Result<HttpResponse, PortalError> {
    decide(&portal, &person, &id, true).await
}

/// Takes a message of which nobody knows as sent.
pub(in crate::http::portal) async fn taken(
    portal: Data<Portal>,
    person: SignedIn,
    id: Path<String>,
) -> Result<HttpResponse, PortalError> {
    decide(&portal, &person, &id, false).await
}

async fn decide(
    portal: &Portal,
    person: &SignedIn,
    id: &str,
    again: bool,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::Invite)?;
    let gone = || PortalError::nothing("there is no such message");
    let id: MessageId = id.parse().map_err(|_| gone())?;
    let message = portal.outbox.message(id).await?.ok_or_else(gone)?;
    let now = portal.clock.now();
    let action = if again { AuditAction::MessageSentAgain } else { AuditAction::MessageTaken };
    let subject = id.to_string();
    let deed = Deed {
        action,
        subject: &subject,
        before: Some(json!({"state": message.state})),
        after: Some(json!({"state": if again { "queued" } else { "accepted" }})),
    };
    let until = again.then(|| message.row.expires_at.max(now + HOLDS_AGAIN));
    if portal.outbox.decide_message(id, until, now, portal.told(person, deed)).await? {
        return Ok(HttpResponse::NoContent().finish());
    }
    Err(PortalError::conflict(
        "stands_elsewhere",
        "the message stands elsewhere by now: look at the list again",
    ))
}
