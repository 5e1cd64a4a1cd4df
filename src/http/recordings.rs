//! Recordings as people listen to them: whole or in parts, for keys that may read results.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use crate::foundation::RecordingId;
use crate::storage::KeyScope;

use super::auth::PresentedKey;
use super::error::ApiError;
use super::fields::Fields;
use super::format::Format;
use super::ivr::render_error;
use super::prompts::audio_response;
use super::state::Api;
use super::watch::watch;

/// What a customer said
///
/// Needs a key with the scope `read`. The id is the answer's value. Parts of it can be asked for with `Range`.
#[utoipa::path(
    get, path = "/api/v1/recordings/{id}.wav", tag = "Results", operation_id = "recording_play",
    params(("id" = String, Path, description = "The recording's id", example = "01890a5d-ac96-874b-bcce-b302099a8057")),
    responses(
        (status = 200, description = "The recording: WAV, G.711, 8 kHz, mono", content_type = "audio/x-wav", body = String),
        (status = 206, description = "The part asked for", content_type = "audio/x-wav", body = String),
        (status = 304, description = "The client has it already"),
        (status = 410, description = "There was one; its retention is over", content((super::Reply = "application/json"))),
        (status = "4XX", description = "The request cannot be served as it is", content((super::Reply = "application/json"))),
        (status = 503, description = "Not now: send the same request again", content((super::Reply = "application/json"))),
    ),
    security(("header" = []), ("basic" = []), ("query" = [])),
)]
pub(super) async fn play(request: HttpRequest, api: Data<Api>) -> HttpResponse {
    match watch("recording_play", &api, api.settings.deadline, find(&request, &api)).await {
        // A customer's voice: nobody on the way keeps a copy.
        Ok((id, audio)) => {
            audio_response(&request, audio, "audio/x-wav", &id.to_string(), "private, no-store")
        }
        Err(error) => render_error(&error, Format::Json, &api),
    }
}

async fn find(request: &HttpRequest, api: &Api) -> Result<(RecordingId, Bytes), ApiError> {
    let fields = Fields::parse(request.query_string(), b"")?;
    let key = PresentedKey::of(request, &fields, api.settings.key_in_query);
    api.keys.admit(key.as_ref(), KeyScope::Read, api.clock.monotonic(), api.clock.now())?;
    let id = request.match_info().get("id").and_then(|id| id.parse::<RecordingId>().ok());
    let id = id.ok_or_else(ApiError::unknown_recording)?;
    let found = api.recording_store.recording(id).await?;
    let found = found.ok_or_else(ApiError::unknown_recording)?;
    let audio = found.audio.ok_or_else(|| ApiError::recording_gone(found.at))?;
    Ok((id, Bytes::from(audio)))
}
