//! `/api/v1/audio`: prompts and recordings as browsers play them.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::error::PortalError;
use super::responses;
use super::session::SignedIn;
use super::state::Portal;
use crate::audio::recording_for_browsers;
use crate::domain::account::Right;
use crate::foundation::{PromptId, RecordingId};
use crate::http::prompts::audio_response;
use crate::storage::PromptForm;

/// What a browser knows it as.
const WAV: &str = "audio/wav";

/// A prompt by the id of its audio, which never changes.
pub(super) async fn prompt(
    request: HttpRequest,
    portal: Data<Portal>,
    person: SignedIn,
    id: Path<String>,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::SeeResults)?;
    let gone = || PortalError::nothing("there is no such prompt any more");
    let id: PromptId = id.parse().map_err(|_| gone())?;
    let audio = portal.api.prompt_store.prompt_audio(id, PromptForm::Pcm).await?.ok_or_else(gone)?;
    Ok(audio_response(&request, Bytes::from(audio), WAV, &id.to_string(), "private, max-age=3600"))
}

/// What a customer said, for who may see the response it belongs to.
pub(super) async fn recording(
    portal: Data<Portal>,
    person: SignedIn,
    id: Path<String>,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::SeeResults)?;
    let gone = || PortalError::nothing("there is no such recording");
    let id: RecordingId = id.parse().map_err(|_| gone())?;
    let found = portal.api.recording_store.recording(id).await?.ok_or_else(gone)?;
    if responses::find(&portal, &person, found.response).await?.is_none() {
        return Err(gone());
    }
    let over = || {
        PortalError::nothing("the recording was deleted: its time was over, or its customer was forgotten")
    };
    let audio = found.audio.ok_or_else(over)?;
    let played = actix_web::web::block(move || recording_for_browsers(&audio)).await;
    let played = played.map_err(|error| PortalError::internal(&error.to_string()))?;
    let played = played.map_err(|error| PortalError::internal(&error.to_string()))?;
    // A customer's voice: nobody on the way keeps a copy.
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, WAV))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .body(played))
}
