//! `/api/v1/prompts`: what callers hear: which prompts surveys need, and their files.

use std::collections::HashMap;

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::web::{Bytes, Data, Json, Path, Payload, Query};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::PortalError;
use super::session::SignedIn;
use super::state::Portal;
use crate::actors::prompt_folder::{SaidBySurvey, surveys_said};
use crate::audio::{SPEAKER, SpeechError, speak};
use crate::domain::account::Right;
use crate::domain::prompt::{PromptName, language_key, parse_language};
use crate::domain::prompt_library::Wanted;
use crate::http::prompts::{Place, upload};
use crate::storage::PromptRow;

/// Characters that are spoken at once, at most: as many as a text of a survey may have.
const SPOKEN_LONGEST: usize = 1000;

/// What surveys say, the prompt that says it or none, and then the prompts that no survey says.
pub(super) async fn list(portal: Data<Portal>, person: SignedIn) -> Result<Json<Value>, PortalError> {
    person.must(Right::SeeResults)?;
    let rows = portal.api.prompt_store.prompts().await?;
    let surveys = surveys_said(&*portal.catalog).await?;
    let mut wanted: Vec<Wanted> = surveys.iter().flat_map(SaidBySurvey::wanted).collect();
    wanted.sort_by(|a, b| (&a.survey, &a.language).cmp(&(&b.survey, &b.language)));
    let by_place: HashMap<(&str, &str), &PromptRow> =
        rows.iter().map(|row| ((row.name.as_str(), row.language.as_str()), row)).collect();
    let mut listed: Vec<Value> =
        wanted.iter().map(|want| show(Some(want), serving(&by_place, want))).collect();
    let unused = rows.iter().filter(|row| !wanted.iter().any(|want| is_for(want, row)));
    listed.extend(unused.map(|row| show(None, Some(row))));
    Ok(Json(json!({"prompts": listed})))
}

fn serving<'a>(rows: &HashMap<(&str, &str), &'a PromptRow>, want: &Wanted) -> Option<&'a PromptRow> {
    let mut language = want.language.as_str();
    loop {
        if let Some(row) = rows.get(&(want.name.as_str(), language)) {
            return Some(row);
        }
        language = language.get(..language.rfind('-')?)?;
    }
}

fn is_for(want: &Wanted, row: &PromptRow) -> bool {
    want.name == row.name
        && (want.language == row.language || want.language.starts_with(&format!("{}-", row.language)))
}

fn show(want: Option<&Wanted>, row: Option<&PromptRow>) -> Value {
    let name = want.map(|want| &want.name).or(row.map(|row| &row.name)).map(PromptName::as_str);
    let language = want.map(|want| want.language.as_str()).or(row.map(|row| row.language.as_str()));
    json!({
        "name": name,
        "language": language,
        "survey": want.map(|want| &want.survey),
        "text": want.map(|want| &want.text),
        "required": want.is_some_and(|want| want.required),
        "stored": row.map(|row| json!({
            "language": row.language,
            "audio": format!("/api/v1/audio/prompts/{}", row.id),
            "duration_ms": u64::try_from(row.duration.as_millis()).unwrap_or(u64::MAX),
            "source": row.source,
            "source_format": row.source_format,
            "stored_at": row.stored_at,
        })),
    })
}

/// Stores a file as the prompt of a place: one that was chosen, or recorded in the browser.
pub(super) async fn store(
    request: HttpRequest,
    portal: Data<Portal>,
    person: SignedIn,
    place: Path<(String, String)>,
    payload: Payload,
) -> Result<Json<Value>, PortalError> {
    person.must(Right::EditSurveys)?;
    let place = place_of(place.into_inner())?;
    let file = upload::read(&request, payload, portal.api.settings.prompt_limits.bytes).await?;
    let source = file.name.unwrap_or_else(|| "recorded in the browser".to_owned());
    keep(&portal, &person, &place, file.bytes, source).await
}

/// What is to be spoken.
#[derive(Deserialize)]
pub(super) struct Words {
    text: String,
}

/// Makes a prompt from its text, by the speaking program of this machine.
pub(super) async fn speech(
    portal: Data<Portal>,
    person: SignedIn,
    place: Path<(String, String)>,
    words: Json<Words>,
) -> Result<Json<Value>, PortalError> {
    person.must(Right::EditSurveys)?;
    let place = place_of(place.into_inner())?;
    let text = words.into_inner().text;
    if text.trim().is_empty() || text.chars().count() > SPOKEN_LONGEST {
        let message = format!("the text to be spoken has 1 to {SPOKEN_LONGEST} characters");
        return Err(PortalError::bad("bad_text", message));
    }
    let voice = place.language.clone();
    let spoken = actix_web::web::block(move || speak(&text, &voice)).await;
    let spoken = spoken.map_err(|error| PortalError::internal(&error.to_string()))?;
    let spoken = spoken.map_err(|error| match error {
        SpeechError::NotInstalled => PortalError::conflict("no_speaker", error.to_string()),
        SpeechError::NotRun(_) => PortalError::internal(&error.to_string()),
        SpeechError::Refused { .. } => PortalError::conflict("not_spoken", error.to_string()),
    })?;
    keep(&portal, &person, &place, Bytes::from(spoken), SPEAKER.to_owned()).await
}

/// How a removal may be varied.
#[derive(Deserialize)]
pub(super) struct Removal {
    #[serde(default)]
    force: bool,
}

/// Removes a prompt; one that an active survey needs only by force.
pub(super) async fn remove(
    portal: Data<Portal>,
    person: SignedIn,
    place: Path<(String, String)>,
    removal: Query<Removal>,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::EditSurveys)?;
    let place = place_of(place.into_inner())?;
    place.remove(&portal.api, removal.force, &person.actor()).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn keep(
    portal: &Portal,
    person: &SignedIn,
    place: &Place,
    file: Bytes,
    source: String,
) -> Result<Json<Value>, PortalError> {
    let (row, stored) = place.store(&portal.api, file, source, &person.actor()).await?;
    let mut shown = show(None, Some(&row));
    if let Value::Object(shown) = &mut shown {
        shown.insert("became".to_owned(), json!(stored));
    }
    Ok(Json(shown))
}

fn place_of((language, name): (String, String)) -> Result<Place, PortalError> {
    let name = PromptName::parse(&name)
        .map_err(|error| PortalError::bad("bad_parameter", format!("the prompt's name {error}")))?;
    let language = parse_language(&language)
        .map_err(|error| PortalError::bad("bad_parameter", format!("the language {error}")))?;
    Ok(Place { name, language: language_key(&language) })
}
