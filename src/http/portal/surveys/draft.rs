//! Drafts: begun from a template, a copy or a file, and saved without losing anybody's work.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{difference_of, draft_of, judged, read_value, templates};
use crate::audit::Deed;
use crate::domain::account::{AuditAction, Right};
use crate::domain::survey::SurveyDocument;
use crate::foundation::SurveyId;
use crate::http::portal::error::PortalError;
use crate::http::portal::session::SignedIn;
use crate::http::portal::state::Portal;
use crate::storage::{DraftBase, DraftRow, DraftSaved};

/// Who goes on with an own draft within this time makes no further line of the audit log.
const SITTING: TimeDelta = TimeDelta::minutes(15);
/// Characters of a survey's key at most, as the document's schema has it.
const KEY_LONGEST: usize = 40;
/// Characters of a survey's name at most, as the document's schema has it.
const NAME_LONGEST: usize = 100;

/// A survey to be begun, from one of three things.
#[derive(Deserialize)]
pub(in crate::http::portal) struct NewSurvey {
    key: String,
    name: String,
    /// The languages, the default one first; of a template only.
    #[serde(default)]
    languages: Vec<String>,
    template: Option<String>,
    copy_of: Option<String>,
    document: Option<Value>,
}

/// Begins a survey.
pub(in crate::http::portal) async fn add(
    portal: Data<Portal>,
    person: SignedIn,
    body: Json<NewSurvey>,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::EditSurveys)?;
    let body = body.into_inner();
    let (key, name) = (key_of(&body.key)?, name_of(&body.name)?);
    let from = match (&body.template, &body.copy_of) {
        (Some(template), _) => json!({"template": template}),
        (_, Some(copied)) => json!({"copy_of": copied}),
        _ => json!({"from": "file"}),
    };
    let mut document = match (body.template, body.copy_of, body.document) {
        (Some(template), None, None) => templates::document(&template, &body.languages)?,
        (None, Some(copied), None) => parse(read_value(&draft_of(&portal, &copied).await?.document))?,
        (None, None, Some(document)) => parse(document)?,
        _ => {
            let message = "begin from one thing: a template, a copy_of, or a document";
            return Err(PortalError::bad("bad_parameter", message));
        }
    };
    document.key.clone_from(&key);
    document.name.clone_from(&name);
    let draft = row(&portal, &person, &document)?;
    let deed = Deed::new(AuditAction::SurveyAdded, &key, from);
    let audit = portal.told(&person, deed);
    match portal.catalog.save_draft(draft, DraftBase::New, Some(audit)).await? {
        DraftSaved::Saved(revision) => {
            Ok(HttpResponse::Created().json(json!({"key": key, "revision": revision})))
        }
        DraftSaved::Changed => {
            let message = format!("there is a survey {key} already: take another key");
            Err(PortalError::conflict("key_taken", message))
        }
    }
}

/// A draft to be saved, and what it is based on.
#[derive(Deserialize)]
pub(in crate::http::portal) struct DraftBody {
    revision: u32,
    document: Value,
}

/// Saves a draft, whatever is still wrong with it, if nobody saved another meanwhile. Who comes second is told what is there
/// now, and how it differs.
pub(in crate::http::portal) async fn save(
    portal: Data<Portal>,
    person: SignedIn,
    key: Path<String>,
    body: Json<DraftBody>,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::EditSurveys)?;
    let DraftBody { revision, document } = body.into_inner();
    let document = parse(document)?;
    if document.key != *key {
        let message =
            format!("the document is of the survey {}, not of {key}: a survey keeps its key", document.key);
        return Err(PortalError::bad("bad_document", message));
    }
    let there = draft_of(&portal, &key).await?;
    let draft = row(&portal, &person, &document)?;
    let is_new_sitting = there.saved_by != draft.saved_by || draft.saved_at - there.saved_at > SITTING;
    let deed = || {
        Deed::change(
            AuditAction::DraftChanged,
            &key,
            json!({"revision": there.revision}),
            json!({"revision": revision + 1}),
        )
    };
    let audit = is_new_sitting.then(|| portal.told(&person, deed()));
    let (text, saved_at) = (draft.document.clone(), draft.saved_at);
    match portal.catalog.save_draft(draft, DraftBase::Revision(revision), audit).await? {
        DraftSaved::Saved(revision) => {
            let mut shown = judged(&portal, &text);
            if let Value::Object(shown) = &mut shown {
                shown.insert("revision".into(), json!(revision));
                shown.insert("saved_at".into(), json!(saved_at));
            }
            Ok(HttpResponse::Ok().json(shown))
        }
        DraftSaved::Changed => {
            let theirs = draft_of(&portal, &key).await?;
            Ok(HttpResponse::Conflict().json(json!({
                "code": "draft_changed",
                "message": format!("{} saved this survey meanwhile", theirs.saved_by),
                "document": read_value(&theirs.document),
                "revision": theirs.revision,
                "saved_at": theirs.saved_at,
                "saved_by": theirs.saved_by,
                "changes": difference_of(&text, &theirs.document),
            })))
        }
    }
}

fn row(portal: &Portal, person: &SignedIn, document: &SurveyDocument) -> Result<DraftRow, PortalError> {
    let now = portal.clock.now();
    let text = serde_json::to_string(document).map_err(|error| PortalError::internal(&error.to_string()))?;
    Ok(DraftRow {
        survey: SurveyId::new(now, &*portal.chance),
        key: document.key.clone(),
        name: name_of(&document.name)?,
        document: text,
        saved_at: now,
        saved_by: person.account.display_name.clone(),
        revision: 0,
    })
}

/// A document as far as its form goes; the validator says the rest.
pub(super) fn parse(document: Value) -> Result<SurveyDocument, PortalError> {
    serde_json::from_value(document)
        .map_err(|error| PortalError::bad("bad_document", format!("this is not a survey document: {error}")))
}

fn key_of(key: &str) -> Result<String, PortalError> {
    let key = key.trim();
    let formed = key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !formed || !(1..=KEY_LONGEST).contains(&key.len()) {
        let message = format!("the key has 1 to {KEY_LONGEST} small letters from a to z, digits and hyphens");
        return Err(PortalError::bad("bad_key", message));
    }
    Ok(key.to_owned())
}

fn name_of(name: &str) -> Result<String, PortalError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_LONGEST || name.chars().any(char::is_control) {
        let message = format!("the name has 1 to {NAME_LONGEST} characters, on one line");
        return Err(PortalError::bad("bad_name", message));
    }
    Ok(name.to_owned())
}
