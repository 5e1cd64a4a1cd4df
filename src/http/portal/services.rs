//! `/api/v1/services`: what contacts belong to, and which survey each of them is asked.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::PortalError;
use super::session::SignedIn;
use super::state::Portal;
use super::surveys::no_such_survey;
use crate::audit::Deed;
use crate::domain::account::{AuditAction, Right};
use crate::domain::contact::{Channel, Name, Number, Service, ServiceChannel};
use crate::domain::survey::SurveyGraph;
use crate::foundation::{BoundedText, ServiceId};
use crate::http::cluster::is_here;
use crate::storage::{CatalogRow, NodeRow, StorageErrorKind, SurveyRow};

/// A node that was not seen for longer is not waited for any more.
const NODE_KNOWN: Duration = Duration::from_hours(1);

/// All services, and what each asks.
pub(super) async fn list(portal: Data<Portal>, person: SignedIn) -> Result<Json<Value>, PortalError> {
    person.must(Right::SeeResults)?;
    let rows = portal.catalog.catalog().await?;
    let surveys = portal.catalog.surveys().await?;
    let listed: Vec<Value> = rows.iter().map(|row| show(row, &surveys)).collect();
    Ok(Json(json!({"services": listed})))
}

/// Which nodes ask by what was chosen last.
pub(super) async fn nodes(portal: Data<Portal>, person: SignedIn) -> Result<Json<Value>, PortalError> {
    person.must(Right::SeeResults)?;
    let stamp = portal.catalog.catalog_stamp().await?;
    let nodes = portal.nodes.nodes().await?;
    let known = nodes.iter().filter(|node| node.age <= NODE_KNOWN);
    let nodes: Vec<Value> = known.map(|node| follows(node, stamp)).collect();
    Ok(Json(json!({"nodes": nodes})))
}

fn follows(node: &NodeRow, stamp: u64) -> Value {
    let has_it = node.facts.catalog_stamp.is_some_and(|known| known >= stamp);
    json!({"name": node.facts.name, "here": is_here(node), "follows": is_here(node) && has_it})
}

fn show(row: &CatalogRow, surveys: &[SurveyRow]) -> Value {
    let active = row.active.as_ref().and_then(|version| {
        let survey = surveys.iter().find(|survey| survey.survey == version.survey)?;
        Some(json!({"key": survey.key, "name": survey.name, "version": version.number}))
    });
    let silent = row.service.channel == ServiceChannel::Voice
        && row.active.as_ref().is_some_and(|version| {
            SurveyGraph::from_json(&version.document).is_ok_and(|graph| !graph.askable_on(Channel::Voice))
        });
    json!({
        "name": row.service.name,
        "channel": row.service.channel,
        "dn": row.service.dn,
        "survey": active,
        "paused": row.paused,
        "is_fallback": row.service.name == row.service.channel.fallback(),
        "asks_nothing": silent,
    })
}

/// A service to be added.
#[derive(Deserialize)]
pub(super) struct NewService {
    name: String,
    channel: String,
    #[serde(default)]
    dn: String,
}

/// Adds a service.
pub(super) async fn add(
    portal: Data<Portal>,
    person: SignedIn,
    body: Json<NewService>,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::EditSurveys)?;
    let service = parse(&portal, &body)?;
    let name = service.name.clone();
    let deed =
        Deed::new(AuditAction::ServiceAdded, &name, json!({"channel": service.channel, "dn": service.dn}));
    let audit = portal.told(&person, deed);
    match portal.catalog.add_service(service, Some(audit)).await {
        Ok(()) => Ok(HttpResponse::Created().json(json!({"name": name}))),
        Err(error) if error.kind == StorageErrorKind::Duplicate => Err(PortalError::conflict(
            "name_taken",
            "there is a service with this name or this number already: take others",
        )),
        Err(error) => Err(error.into()),
    }
}

fn parse(portal: &Portal, body: &NewService) -> Result<Service, PortalError> {
    let bad = |message: String| PortalError::bad("bad_service", message);
    let name: Name = text(&body.name)
        .map_err(|error| bad(format!("the name {error}")))?
        .ok_or_else(|| bad("the name is empty".to_owned()))?;
    let dn: Option<Number> = text(&body.dn).map_err(|error| bad(format!("the number {error}")))?;
    let channel =
        ServiceChannel::parse(&body.channel).ok_or_else(|| bad("the channel is voice or chat".to_owned()))?;
    match (channel, &dn) {
        (ServiceChannel::Voice, None) => {
            Err(bad("a phone service is found by the number that was dialled: enter it".to_owned()))
        }
        (ServiceChannel::Chat, Some(_)) => {
            Err(bad("a chat service is found by its name: leave the number empty".to_owned()))
        }
        _ => Ok(Service {
            id: ServiceId::new(portal.clock.now(), &*portal.chance),
            name: name.as_str().to_owned(),
            channel,
            dn: dn.map(|dn| dn.as_str().to_owned()),
        }),
    }
}

fn text<const MAX: usize>(text: &str) -> Result<Option<BoundedText<MAX>>, String> {
    BoundedText::parse(text).map_err(|error| error.to_string())
}

/// What a service is to ask.
#[derive(Deserialize)]
pub(super) struct SurveyBody {
    survey: String,
}

/// Makes a survey the one that a service asks.
pub(super) async fn activate(
    portal: Data<Portal>,
    person: SignedIn,
    name: Path<String>,
    body: Json<SurveyBody>,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::EditSurveys)?;
    let row = find(&portal, &name).await?;
    let surveys = portal.catalog.surveys().await?;
    let survey = surveys.iter().find(|survey| survey.key == body.survey);
    let survey = survey.ok_or_else(|| no_such_survey(&body.survey))?;
    if survey.newest.is_none() {
        let message = format!("{} was never published: publish it first, then ask it here", survey.name);
        return Err(PortalError::conflict("never_published", message));
    }
    let before = row.active.as_ref().and_then(|active| surveys.iter().find(|s| s.survey == active.survey));
    let deed = Deed::change(
        AuditAction::SurveyActivated,
        &survey.key,
        json!({"service": row.service.name, "survey": before.map(|survey| &survey.key)}),
        json!({"service": row.service.name, "survey": survey.key}),
    );
    let audit = portal.told(&person, deed);
    portal.catalog.activate(row.service.id, survey.survey, portal.clock.now(), Some(audit)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Stops asking for a while.
pub(super) async fn pause(
    portal: Data<Portal>,
    person: SignedIn,
    name: Path<String>,
) -> Result<HttpResponse, PortalError> {
    set_paused(&portal, &person, &name, true).await
}

/// Asks again.
pub(super) async fn resume(
    portal: Data<Portal>,
    person: SignedIn,
    name: Path<String>,
) -> Result<HttpResponse, PortalError> {
    set_paused(&portal, &person, &name, false).await
}

async fn set_paused(
    portal: &Portal,
    person: &SignedIn,
    name: &str,
    paused: bool,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::EditSurveys)?;
    let row = find(portal, name).await?;
    let action = if paused { AuditAction::SurveyPaused } else { AuditAction::SurveyResumed };
    let deed = Deed::change(action, name, json!({"paused": row.paused}), json!({"paused": paused}));
    let audit = portal.told(person, deed);
    if portal.catalog.set_paused(row.service.id, paused, portal.clock.now(), Some(audit)).await? {
        return Ok(HttpResponse::NoContent().finish());
    }
    let message = format!("nothing is asked on {name}: choose a survey for it first");
    Err(PortalError::conflict("nothing_active", message))
}

async fn find(portal: &Portal, name: &str) -> Result<CatalogRow, PortalError> {
    let wanted = name.trim().to_lowercase();
    let rows = portal.catalog.catalog().await?;
    let found = rows.into_iter().find(|row| row.service.name.to_lowercase() == wanted);
    found.ok_or_else(|| PortalError::nothing(format!("there is no service {name}")))
}
