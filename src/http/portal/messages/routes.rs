//! `/api/v1/sms-routes`: how the routes are, and a message to try one.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::error::PortalError;
use super::super::session::SignedIn;
use super::super::state::Portal;
use super::number;
use crate::audit::Deed;
use crate::domain::account::{AuditAction, Right};
use crate::domain::outbox::Purpose;
use crate::domain::sms::{Writing, encode, masked};
use crate::foundation::MessageId;
use crate::storage::{MessageRow, RouteRow};

/// Nobody has written down how a route is for so long: nobody sends.
const STALE: TimeDelta = TimeDelta::seconds(20);
/// Parts of a message that tries a route at most.
const TEST_PARTS: u8 = 3;
/// How long a message that tries a route is of use.
const TEST_HOLDS: TimeDelta = TimeDelta::minutes(10);

/// The routes, and how the node sees them that sends.
pub(in crate::http::portal) async fn routes(
    portal: Data<Portal>,
    person: SignedIn,
) -> Result<Json<Value>, PortalError> {
    person.must(Right::SeeSystem)?;
    let routes = portal.outbox.routes().await?;
    Ok(Json(as_json(&routes, &portal.settings.sms_routes, portal.clock.now())))
}

/// The configured routes with what is known of each, and those that another node has.
pub(in crate::http::portal) fn as_json(
    routes: &[RouteRow],
    configured: &[String],
    now: DateTime<Utc>,
) -> Value {
    let known = |name: &str| routes.iter().find(|route| route.name == name);
    let mut names: Vec<&str> = configured.iter().map(String::as_str).collect();
    // One that is in no file here any more is shown for as long as somebody sends by it.
    let fresh = |route: &&RouteRow| now - route.seen_at < STALE;
    names.extend(
        routes
            .iter()
            .filter(fresh)
            .map(|route| &*route.name)
            .filter(|name| !configured.iter().any(|c| c == name)),
    );
    let rows: Vec<Value> = names.into_iter().map(|name| show(name, known(name), now)).collect();
    json!({"routes": rows})
}

fn show(name: &str, route: Option<&RouteRow>, now: DateTime<Utc>) -> Value {
    let Some(route) = route else {
        return json!({"name": name, "state": "unused", "detail": ""});
    };
    let is_stale = now - route.seen_at >= STALE;
    json!({
        "name": name,
        "kind": route.kind,
        "node": route.node,
        "state": if is_stale { "unused" } else { &route.state },
        "detail": if is_stale { "" } else { &route.detail },
        "changed_at": route.changed_at,
        "seen_at": route.seen_at,
        "taken": route.taken,
        "refused": route.refused,
        "unknown": route.unknown,
    })
}

/// A message to try a route.
#[derive(Deserialize)]
pub(in crate::http::portal) struct TestBody {
    number: String,
    text: String,
}

/// Puts a message into the outbox that takes this route.
pub(in crate::http::portal) async fn test(
    portal: Data<Portal>,
    person: SignedIn,
    name: Path<String>,
    body: Json<TestBody>,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::Invite)?;
    if !portal.settings.sms_routes.contains(&name) {
        return Err(PortalError::nothing(format!("there is no route {name}")));
    }
    let number = number(&portal, &body.number)?;
    encode(&body.text, Writing { transliterate: false, parts_most: TEST_PARTS })
        .map_err(|fault| PortalError::bad("bad_text", fault.to_string()))?;
    let now = portal.clock.now();
    let id = MessageId::new(now, &*portal.chance);
    let to = masked(&number);
    let deed = Deed::new(AuditAction::RouteTried, &name, json!({"to": to}));
    let message = MessageRow {
        id,
        response: None,
        purpose: Purpose::Test,
        number,
        language: String::new(),
        text: Some(body.text.clone()),
        route: Some(name.clone()),
        created_at: now,
        due_at: now,
        expires_at: now + TEST_HOLDS,
    };
    portal.outbox.add_message(message, Some(portal.told(&person, deed))).await?;
    Ok(HttpResponse::Accepted().json(json!({"id": id})))
}
