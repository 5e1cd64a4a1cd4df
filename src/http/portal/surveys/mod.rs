//! `/api/v1/surveys`: surveys as they are written: drafts, what is wrong with them, versions, and how they differ.

mod draft;
mod messages;
mod preview;
mod publish;
mod templates;
mod versions;

pub(super) use draft::{add, save};
pub(super) use messages::messages;
pub(super) use preview::preview;
pub(super) use publish::publish;
pub(super) use templates::list as templates;
pub(super) use versions::{changes, version};

use actix_web::web::{Data, Json, Path};
use serde_json::{Value, json};

use super::error::PortalError;
use super::session::SignedIn;
use super::state::Portal;
use crate::domain::account::Right;
use crate::domain::survey::{
    MissingPrompt, Problem, SurveyDocument, SurveyGraph, differences, missing_prompts,
};
use crate::storage::{DraftRow, VersionRow};

/// A survey with its draft, all that is wrong with it, and its versions.
pub(super) async fn one(
    portal: Data<Portal>,
    person: SignedIn,
    key: Path<String>,
) -> Result<Json<Value>, PortalError> {
    person.must(Right::SeeResults)?;
    let draft = draft_of(&portal, &key).await?;
    let versions = portal.catalog.versions(key.clone()).await?;
    let surveys = portal.catalog.surveys().await?;
    let row = surveys.into_iter().find(|row| row.key == *key);
    let services: Vec<Value> = row
        .iter()
        .flat_map(|row| &row.active_on)
        .map(|(name, paused)| json!({"name": name, "paused": paused}))
        .collect();
    let listed: Vec<Value> = versions
        .iter()
        .map(|version| json!({"number": version.number, "published_at": version.published_at}))
        .collect();
    let mut shown = judged(&portal, &draft.document);
    if let Value::Object(shown) = &mut shown {
        shown.insert("key".into(), json!(draft.key));
        shown.insert("name".into(), json!(draft.name));
        shown.insert("document".into(), read_value(&draft.document));
        shown.insert("revision".into(), json!(draft.revision));
        shown.insert("saved_at".into(), json!(draft.saved_at));
        shown.insert("saved_by".into(), json!(draft.saved_by));
        shown.insert("services".into(), json!(services));
        shown.insert("versions".into(), json!(listed));
        shown.insert("changes".into(), changes_since(versions.first(), &draft));
        shown.insert("time_zone".into(), json!(portal.settings.zone.name()));
    }
    Ok(Json(shown))
}

/// What is wrong with a document, and which prompts it lacks.
fn judged(portal: &Portal, document: &str) -> Value {
    match SurveyGraph::from_json(document) {
        Ok(graph) => {
            let missing = missing_prompts(&graph, &portal.api.prompts.current());
            json!({"problems": [], "missing_prompts": missing.iter().map(show_missing).collect::<Vec<_>>()})
        }
        Err(problems) => {
            let problems: Vec<Value> = problems.iter().map(show_problem).collect();
            json!({"problems": problems, "missing_prompts": []})
        }
    }
}

fn show_problem(problem: &Problem) -> Value {
    json!({"path": problem.path, "message": problem.message})
}

fn show_missing(prompt: &MissingPrompt) -> Value {
    json!({"language": prompt.language, "name": prompt.name.as_str(), "text": prompt.text})
}

/// How a draft differs from the newest version; `null` when there is none.
fn changes_since(newest: Option<&VersionRow>, draft: &DraftRow) -> Value {
    let Some(newest) = newest else { return Value::Null };
    difference_of(&newest.document, &draft.document)
}

/// How two documents differ; `null` where one of them cannot be read.
fn difference_of(before: &str, after: &str) -> Value {
    match (read(before), read(after)) {
        (Some(before), Some(after)) => json!(differences(&before, &after)),
        _ => Value::Null,
    }
}

fn read(document: &str) -> Option<SurveyDocument> {
    serde_json::from_str(document).ok()
}

fn read_value(document: &str) -> Value {
    serde_json::from_str(document).unwrap_or(Value::Null)
}

async fn draft_of(portal: &Portal, key: &str) -> Result<DraftRow, PortalError> {
    portal.catalog.draft(key.to_owned()).await?.ok_or_else(|| no_such_survey(key))
}

pub(super) fn no_such_survey(key: &str) -> PortalError {
    PortalError::nothing(format!("there is no survey {key}"))
}
