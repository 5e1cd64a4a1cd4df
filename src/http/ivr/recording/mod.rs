//! `recording`: what a caller said, as the answer to a question that asks for a recording.

mod text;
mod upload;

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;
use actix_web::web::{self, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use utoipa::{IntoParams, ToSchema};

use crate::actors::survey_engine::{GiveRecording, GivenRecording, Turn};
use crate::audio::{AudioLimits, RecordingHint, convert_recording_as};
use crate::foundation::{RecordingId, ResponseId};
use crate::http::error::ApiError;
use crate::http::fields::Fields;
use crate::http::format::Format;
use crate::http::prompts::PromptLinks;
use crate::http::reply::Reply;
use crate::http::state::Api;
use crate::http::watch::watch;
use crate::telemetry::metric_names as names;

use super::{admit, conclude, response_id, view};
pub(in crate::http::ivr) use upload::{Received, Upload};

/// How long a recording may take to arrive: a gateway at the end of a slow line sends a minute of telephone sound in
/// this time at 16 kB a second.
const ARRIVES_WITHIN: Duration = Duration::from_secs(30);

/// The parameters of `recording`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters for the OpenAPI document; they are read as fields")]
pub(in crate::http) struct RecordingParams {
    /// The response, from the reply to `survey`. Here or in the body.
    response_id: Option<String>,
    /// The question, from the reply that asked it. Here or in the body.
    #[param(example = "comment")]
    question_id: Option<String>,
    /// `ulaw` or `alaw`, for bare G.711 samples without a header.
    codec: Option<String>,
    /// `json` or `xml`, instead of a suffix or the Accept header.
    format: Option<String>,
}

/// A recording as a script sends it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body for the OpenAPI document; it is read as parts or fields")]
pub(in crate::http) struct RecordingBody {
    /// The response, from the reply to `survey`.
    response_id: Option<String>,
    /// The question, from the reply that asked it.
    question_id: Option<String>,
    /// The audio: a file in a multipart form, hex or base64 elsewhere. Also `audio`, `data`, `file`.
    recording: String,
}

/// Stores a recording as an answer; the reply is the next question
///
/// As a file of a multipart form, as the body itself, or as hex or base64 text in a form, a JSON object or a flat XML document.
/// The recording is on disk before the reply is sent; a repeat is stored once, another one for the last question replaces it.
/// The key has to be in a header or the query: nothing is read from strangers.
#[utoipa::path(
    post, path = "/ivr/v1/recording", tag = "IVR", operation_id = "recording", params(RecordingParams),
    request_body(
        description = "The audio: WAV, MP3, OGG, FLAC, or bare G.711 samples with `codec`.",
        content(
            (RecordingBody = "multipart/form-data"), (RecordingBody = "application/x-www-form-urlencoded"),
            (RecordingBody = "application/json"), (String = "audio/x-wav"), (String = "application/octet-stream"),
        ),
    ),
    responses(
        (status = 200, description = "`QUESTION`: the next one; `DONE`: thank and hang up", content((Reply = "application/json"), (Reply = "application/xml"))),
        (status = "4XX", description = "The request cannot be served as it is", content((Reply = "application/json"), (Reply = "application/xml"))),
        (status = 503, description = "Not now: send the same request again", content((Reply = "application/json"), (Reply = "application/xml"))),
        (status = 507, description = "The database is away and this node can keep no more: ask the other node", content((Reply = "application/json"), (Reply = "application/xml"))),
    ),
    security(("header" = []), ("basic" = []), ("query" = [])),
)]
pub(in crate::http) async fn recording(
    request: HttpRequest,
    payload: Payload,
    api: Data<Api>,
) -> HttpResponse {
    let mut format = Format::of_head(&request);
    let limit = upload_limit(&api);
    let outcome = watch("recording", &api, limit, go(&request, payload, &api, &mut format)).await;
    conclude(&request, outcome, format, &api)
}

/// The limit over a whole upload: its arrival and the two steps of work each have their own.
pub(in crate::http::ivr) fn upload_limit(api: &Api) -> Duration {
    ARRIVES_WITHIN + 2 * api.settings.deadline
}

/// Takes a body apart as an upload does, for the fuzz target.
#[cfg(fuzzing)]
pub(in crate::http) async fn fuzzed(request: &HttpRequest, payload: Payload, max: usize) {
    if let Ok(received) = upload::receive(request, payload, max).await {
        let _ = upload::unpack(request.query_string(), received, max);
    }
}

async fn go(
    request: &HttpRequest,
    payload: Payload,
    api: &Api,
    format: &mut Format,
) -> Result<Reply, ApiError> {
    let received = receive(request, payload, api).await?;
    // The form of a reply may hang on the body, but on no more of it than its first character.
    let first: &[u8] = if received.is_xml() { b"<" } else { b"" };
    *format = Format::of(request, &Fields::parse(request.query_string(), b"")?, first);
    let upload = unpack(request, received, api).await?;
    *format = Format::of(request, &upload.fields, first);
    let turn = give_recording(api, upload).await?;
    Ok(view::turn(&turn, &PromptLinks::of(api, request)))
}

/// Lets a call in and reads its body, which may take longer than any other's.
pub(in crate::http::ivr) async fn receive(
    request: &HttpRequest,
    payload: Payload,
    api: &Api,
) -> Result<Received, ApiError> {
    if *request.method() != Method::POST {
        return Err(ApiError::wrong_method("POST"));
    }
    let in_query = Fields::parse(request.query_string(), b"")?;
    admit(request, &in_query, api)?;
    let max = api.settings.recording_limits.bytes;
    let received = tokio::time::timeout(ARRIVES_WITHIN, upload::receive(request, payload, max)).await;
    received.map_err(|_| ApiError::too_slow(ARRIVES_WITHIN))?
}

/// Finds the audio and the parameters in what came, within the limit of every call.
pub(in crate::http::ivr) async fn unpack(
    request: &HttpRequest,
    received: Received,
    api: &Api,
) -> Result<Upload, ApiError> {
    let (query, max) = (request.query_string().to_owned(), api.settings.recording_limits.bytes);
    within(api, blocking(move || upload::unpack(&query, received, max))).await??
}

/// Converts a recording and gives it as an answer, within the limit of every call.
pub(in crate::http::ivr) async fn give_recording(api: &Api, upload: Upload) -> Result<Turn, ApiError> {
    let Upload { fields, audio, form } = upload;
    let response = response_id(&fields)?;
    let question = fields.get(&["questionid", "question"]).ok_or_else(|| ApiError::missing("question_id"))?;
    let (question, hint) = (question.trim().to_owned(), hint(&fields)?);
    let (asked, limits) = (question.clone(), api.settings.recording_limits);
    let work = async {
        let recording = {
            let _turn = api.conversions.acquire().await;
            let begun = api.clock.monotonic();
            let converted = blocking(move || convert(response, &asked, &audio, limits, hint)).await??;
            let took = api.clock.monotonic().saturating_sub(begun);
            metrics::histogram!(names::CONVERSION_SECONDS, "of" => "recording").record(took.as_secs_f64());
            converted
        };
        let bytes = u64::try_from(recording.audio.len()).unwrap_or(u64::MAX);
        let message = GiveRecording { response, question, recording };
        let turn = api.engine.ask(message, api.settings.deadline).await??;
        metrics::counter!(names::RECORDINGS, "form" => form).increment(1);
        metrics::counter!(names::RECORDING_BYTES).increment(bytes);
        Ok(turn)
    };
    within(api, work).await?
}

/// Holds work to the limit of every call: what could take longer, the way here, is behind it.
async fn within<T>(api: &Api, work: impl Future<Output = T>) -> Result<T, ApiError> {
    tokio::time::timeout(api.settings.deadline, work).await.map_err(|_| ApiError::deadline())
}

fn convert(
    response: ResponseId,
    question: &str,
    audio: &[u8],
    limits: AudioLimits,
    hint: RecordingHint,
) -> Result<GivenRecording, ApiError> {
    let converted = convert_recording_as(audio, limits, hint);
    let converted = converted.map_err(|error| ApiError::audio(&error))?;
    let id = RecordingId::of(response, question, &converted.wav);
    Ok(GivenRecording { id, audio: Arc::from(converted.wav), duration: converted.duration })
}

fn hint(fields: &Fields) -> Result<RecordingHint, ApiError> {
    match fields.get(&["codec"]).unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "" => Ok(RecordingHint::Auto),
        "ulaw" | "mulaw" | "pcmu" => Ok(RecordingHint::RawUlaw),
        "alaw" | "pcma" => Ok(RecordingHint::RawAlaw),
        _ => {
            Err(ApiError::parameter("codec", "has to be ulaw or alaw; leave it out for a file with a header"))
        }
    }
}

/// Runs work that keeps a processor busy where it holds up no calls.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    web::block(work)
        .await
        .map_err(|_| ApiError::internal("the work on a recording panicked; the panic is in the log above"))
}
