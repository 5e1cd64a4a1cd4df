//! Prompts as they are kept: stored, listed and removed by who has a key with the scope `admin`.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::audit::Actor;
use crate::domain::prompt::{PromptName, parse_language};
use crate::http::auth::PresentedKey;
use crate::http::error::ApiError;
use crate::http::fields::Fields;
use crate::http::format::Format;
use crate::http::ivr::render_error;
use crate::http::reply::Reply;
use crate::http::state::Api;
use crate::http::watch::watch;
use crate::storage::{KeyScope, PromptRow};

use super::{Place, PromptLinks, upload};

/// The methods of one prompt.
pub(in crate::http) const METHODS: &str = "GET, HEAD, PUT, DELETE";

/// For a file of the largest size over a slow line, its conversion and storing.
const UPLOAD_WITHIN: Duration = Duration::from_mins(2);

/// A prompt.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct PromptView {
    /// Its name.
    #[schema(example = "support.csat")]
    name: String,
    /// Its language, in small letters.
    #[schema(example = "en")]
    language: String,
    /// The id of its audio: another one whenever that changes.
    #[schema(example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    id: String,
    /// How long it takes to say, in milliseconds.
    duration_ms: u64,
    /// Where the audio came from: a file's name, `upload`, or a synthesizer.
    source: String,
    /// What that file was.
    #[schema(example = "WAV, 44100 Hz, stereo, 16 bit")]
    source_format: String,
    /// When it was stored.
    stored_at: DateTime<Utc>,
    /// Where it is played from.
    urls: PromptUrls,
    /// What became of an upload: `new`, `replaced`, or `unchanged` when the same file was stored before.
    #[serde(skip_serializing_if = "Option::is_none")]
    stored: Option<&'static str>,
}

/// The addresses of a prompt.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct PromptUrls {
    /// G.711 µ-law, for good.
    ulaw: String,
    /// G.711 A-law, for good.
    alaw: String,
    /// Linear, for browsers, for good.
    pcm: String,
    /// What is stored for the name and language at any time.
    by_name: String,
}

/// All prompts.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct PromptList {
    /// By name and language.
    prompts: Vec<PromptView>,
}

/// How a removal may be varied.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters for the OpenAPI document; they are read as fields")]
pub(in crate::http) struct RemoveParams {
    /// `true`: also when an active survey needs it.
    force: Option<String>,
}

/// All prompts
///
/// Needs a key with the scope `admin`.
#[utoipa::path(
    get, path = "/api/v1/prompts", tag = "Prompts", operation_id = "prompts",
    responses(
        (status = 200, description = "All prompts, by name and language", body = PromptList),
        (status = "4XX", description = "The request cannot be served as it is", body = Reply),
        (status = "5XX", description = "Not now; `retry_after_s` says when", body = Reply),
    ),
    security(("header" = []), ("basic" = []), ("query" = [])),
)]
pub(in crate::http) async fn list(request: HttpRequest, api: Data<Api>) -> HttpResponse {
    let work = async {
        admit(&request, &api)?;
        let links = PromptLinks::of(&api, &request);
        let rows = api.prompt_store.prompts().await?;
        let prompts = rows.into_iter().map(|row| PromptView::new(row, &links, None)).collect();
        Ok(json(StatusCode::OK, &PromptList { prompts }))
    };
    watch("prompts_list", &api, api.settings.deadline, work)
        .await
        .unwrap_or_else(|error| refuse(&error, &api))
}

/// A prompt
///
/// The one stored for exactly this language. Needs a key with the scope `admin`.
#[utoipa::path(
    get, path = "/api/v1/prompts/{language}/{name}", tag = "Prompts", operation_id = "prompt",
    params(
        ("language" = String, Path, description = "A language tag", example = "en"),
        ("name" = String, Path, description = "The prompt's name", example = "support.csat"),
    ),
    responses(
        (status = 200, description = "The prompt", body = PromptView),
        (status = "4XX", description = "There is no such prompt, or the request cannot be served as it is", body = Reply),
        (status = "5XX", description = "Not now; `retry_after_s` says when", body = Reply),
    ),
    security(("header" = []), ("basic" = []), ("query" = [])),
)]
pub(in crate::http) async fn one(request: HttpRequest, api: Data<Api>) -> HttpResponse {
    let work = async {
        admit(&request, &api)?;
        let place = place_of(&request)?;
        let row = place.stored(&api).await?.ok_or_else(|| place.nothing_there())?;
        Ok(json(StatusCode::OK, &PromptView::new(row, &PromptLinks::of(&api, &request), None)))
    };
    watch("prompt_get", &api, api.settings.deadline, work).await.unwrap_or_else(|error| refuse(&error, &api))
}

/// Stores a prompt
///
/// The body is the file itself, or a form (`multipart/form-data`) with it. WAV of any rate and width, mono or stereo, MP3, OGG
/// Vorbis, FLAC or AIFF; it is converted to what phones and browsers play, its loudness evened out. What cannot be used is refused
/// with the reason. Audio that is replaced can still be had by its id for some hours. Needs a key with the scope `admin`.
#[utoipa::path(
    put, path = "/api/v1/prompts/{language}/{name}", tag = "Prompts", operation_id = "prompt_put",
    params(
        ("language" = String, Path, description = "A language tag", example = "en"),
        ("name" = String, Path, description = "The prompt's name", example = "support.csat"),
    ),
    request_body(content((Vec<u8> = "application/octet-stream"), (Vec<u8> = "audio/wav")), description = "The file"),
    responses(
        (status = 200, description = "Stored in place of another, or stored before", body = PromptView),
        (status = 201, description = "Stored", body = PromptView),
        (status = "4XX", description = "The file cannot be used, or the request cannot be served as it is", body = Reply),
        (status = "5XX", description = "Not now; `retry_after_s` says when", body = Reply),
    ),
    security(("header" = []), ("basic" = []), ("query" = [])),
)]
pub(in crate::http) async fn put(request: HttpRequest, payload: Payload, api: Data<Api>) -> HttpResponse {
    let work = async {
        let (_, actor) = admit(&request, &api)?;
        let place = place_of(&request)?;
        let file = upload::read(&request, payload, api.settings.prompt_limits.bytes).await?;
        let source = file.name.unwrap_or_else(|| "upload".to_owned());
        let (row, stored) = place.store(&api, file.bytes, source, &actor).await?;
        let status = if stored == "new" { StatusCode::CREATED } else { StatusCode::OK };
        Ok(json(status, &PromptView::new(row, &PromptLinks::of(&api, &request), Some(stored))))
    };
    watch("prompt_put", &api, UPLOAD_WITHIN, work).await.unwrap_or_else(|error| refuse(&error, &api))
}

/// Removes a prompt
///
/// Refused while an active survey needs it, unless `force` is `true`. Its audio can still be had by its id for some hours.
/// Needs a key with the scope `admin`.
#[utoipa::path(
    delete, path = "/api/v1/prompts/{language}/{name}", tag = "Prompts", operation_id = "prompt_delete",
    params(
        ("language" = String, Path, description = "A language tag", example = "en"),
        ("name" = String, Path, description = "The prompt's name", example = "support.csat"),
        RemoveParams,
    ),
    responses(
        (status = 204, description = "Removed"),
        (status = "4XX", description = "There is no such prompt, an active survey needs it, or the request cannot be served as it is", body = Reply),
        (status = "5XX", description = "Not now; `retry_after_s` says when", body = Reply),
    ),
    security(("header" = []), ("basic" = []), ("query" = [])),
)]
pub(in crate::http) async fn remove(request: HttpRequest, api: Data<Api>) -> HttpResponse {
    let work = async {
        let (fields, actor) = admit(&request, &api)?;
        let place = place_of(&request)?;
        let force = match fields.get(&["force"]) {
            None | Some("false" | "0") => false,
            Some("true" | "1") => true,
            Some(_) => return Err(ApiError::parameter("force", "has to be true or false")),
        };
        place.remove(&api, force, &actor).await?;
        Ok(HttpResponse::NoContent().finish())
    };
    watch("prompt_delete", &api, api.settings.deadline, work)
        .await
        .unwrap_or_else(|error| refuse(&error, &api))
}

/// The prompt a path is about.
fn place_of(request: &HttpRequest) -> Result<Place, ApiError> {
    let place = request.match_info();
    let name = PromptName::parse(place.query("name"));
    let name = name.map_err(|error| ApiError::parameter("name", error))?;
    let language = parse_language(place.query("language"));
    let language = language.map_err(|error| ApiError::parameter("language", error))?;
    Ok(Place { name, language })
}

impl PromptView {
    fn new(row: PromptRow, links: &PromptLinks, stored: Option<&'static str>) -> Self {
        Self {
            urls: links.all(&row),
            name: row.name.as_str().to_owned(),
            language: row.language,
            id: row.id.to_string(),
            duration_ms: u64::try_from(row.duration.as_millis()).unwrap_or(u64::MAX),
            source: row.source,
            source_format: row.source_format,
            stored_at: row.stored_at,
            stored,
        }
    }
}

impl PromptLinks {
    fn all(&self, row: &PromptRow) -> PromptUrls {
        let [ulaw, alaw, pcm] = crate::storage::PromptForm::ALL.map(|form| self.of_id(row.id, form));
        PromptUrls { ulaw, alaw, pcm, by_name: self.of_name(&row.language, &row.name) }
    }
}

/// Lets a request with an operator's key through; the parameters in its query, and who it is.
fn admit(request: &HttpRequest, api: &Api) -> Result<(Fields, Actor), ApiError> {
    let fields = Fields::parse(request.query_string(), b"")?;
    let key = PresentedKey::of(request, &fields, api.settings.key_in_query);
    let name = api.keys.admit(key.as_ref(), KeyScope::Admin, api.clock.monotonic(), api.clock.now())?;
    let address = request.peer_addr().map(|peer| peer.ip().to_canonical().to_string()).unwrap_or_default();
    Ok((fields, Actor::of_key(&name, address)))
}

fn json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status).insert_header((CACHE_CONTROL, "no-store")).json(body)
}

fn refuse(error: &ApiError, api: &Api) -> HttpResponse {
    render_error(error, Format::Json, api)
}
