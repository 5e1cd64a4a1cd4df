//! Publishing: the draft becomes a version that never changes. Callers hear something at every place of it, or it is refused.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use serde_json::json;

use super::{draft_of, show_missing, show_problem};
use crate::audit::Deed;
use crate::domain::account::{AuditAction, Right};
use crate::domain::survey::{SurveyGraph, VoiceMode, missing_prompts};
use crate::foundation::VersionId;
use crate::http::portal::error::PortalError;
use crate::http::portal::session::SignedIn;
use crate::http::portal::state::Portal;
use crate::storage::VersionRow;

/// What is to be published.
#[derive(Deserialize)]
pub(in crate::http::portal) struct PublishBody {
    /// The revision somebody looked at.
    revision: u32,
}

/// Publishes the draft that somebody looked at.
pub(in crate::http::portal) async fn publish(
    portal: Data<Portal>,
    person: SignedIn,
    key: Path<String>,
    body: Json<PublishBody>,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::EditSurveys)?;
    let draft = draft_of(&portal, &key).await?;
    if draft.revision != body.revision {
        let message =
            format!("{} saved this survey meanwhile: look at it again, then publish", draft.saved_by);
        return Err(PortalError::conflict("draft_changed", message));
    }
    let graph = match SurveyGraph::from_json(&draft.document) {
        Ok(graph) => graph,
        Err(problems) => {
            return Ok(HttpResponse::Conflict().json(json!({
                "code": "draft_invalid",
                "message": "the survey is not complete yet: mend what is marked, then publish",
                "problems": problems.iter().map(show_problem).collect::<Vec<_>>(),
            })));
        }
    };
    let missing = missing_prompts(&graph, &portal.api.prompts.current());
    if graph.voice() == VoiceMode::Prompts && !missing.is_empty() {
        return Ok(HttpResponse::Conflict().json(json!({
            "code": "prompts_missing",
            "message": "callers would hear nothing where a prompt is missing: add the prompts, or let the IVR speak the texts",
            "missing_prompts": missing.iter().map(show_missing).collect::<Vec<_>>(),
        })));
    }
    let before = portal.catalog.versions(key.clone()).await?.first().map(|version| version.number);
    let now = portal.clock.now();
    let version = VersionRow {
        id: VersionId::new(now, &*portal.chance),
        survey: draft.survey,
        number: 0,
        document: draft.document,
        published_at: now,
    };
    let deed = Deed::change(
        AuditAction::SurveyPublished,
        &key,
        json!({"version": before}),
        json!({"version": before.unwrap_or(0) + 1, "revision": draft.revision}),
    );
    let audit = portal.told(&person, deed);
    let number = portal.catalog.publish(version, Some(audit)).await?;
    Ok(HttpResponse::Ok().json(json!({"version": number, "published_at": now})))
}
