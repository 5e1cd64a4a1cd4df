//! Prompts as they are kept: stored, listed and removed by who has a key with the scope `admin`.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::actors::prompt_folder::{PromptPlace, fingerprint, prepare_prompt};
use crate::domain::prompt::{PromptName, parse_language};
use crate::domain::survey::SurveyGraph;
use crate::http::auth::PresentedKey;
use crate::http::error::ApiError;
use crate::http::fields::Fields;
use crate::http::format::Format;
use crate::http::ivr::render_error;
use crate::http::reply::Reply;
use crate::http::state::Api;
use crate::http::watch::watch;
use crate::storage::{KeyScope, PromptRow, PutPrompt};

use super::{PromptLinks, upload};

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

/// The prompt a path is about.
struct Place {
    name: PromptName,
    language: String,
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
        let place = Place::of(&request)?;
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
        admit(&request, &api)?;
        let place = Place::of(&request)?;
        let file = upload::read(&request, payload, api.settings.prompt_limits.bytes).await?;
        let source = file.name.unwrap_or_else(|| "upload".to_owned());
        let (row, stored) = place.store(&api, file.bytes, source).await?;
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
        let fields = admit(&request, &api)?;
        let place = Place::of(&request)?;
        let force = match fields.get(&["force"]) {
            None | Some("false" | "0") => false,
            Some("true" | "1") => true,
            Some(_) => return Err(ApiError::parameter("force", "has to be true or false")),
        };
        if !force {
            place.check_unused(&api).await?;
        }
        let now = api.clock.now();
        let found = api.prompt_store.remove_prompt(place.name.clone(), place.language.clone(), now).await?;
        if !found {
            return Err(place.nothing_there());
        }
        place.show_change(&api).await;
        Ok(HttpResponse::NoContent().finish())
    };
    watch("prompt_delete", &api, api.settings.deadline, work)
        .await
        .unwrap_or_else(|error| refuse(&error, &api))
}

impl Place {
    fn of(request: &HttpRequest) -> Result<Self, ApiError> {
        let place = request.match_info();
        let name = PromptName::parse(place.query("name"));
        let name = name.map_err(|error| ApiError::parameter("name", error))?;
        let language = parse_language(place.query("language"));
        let language = language.map_err(|error| ApiError::parameter("language", error))?;
        Ok(Self { name, language })
    }

    fn nothing_there(&self) -> ApiError {
        ApiError::no_such_prompt(format!("there is no prompt `{}` in `{}`", self.name, self.language))
    }

    async fn stored(&self, api: &Api) -> Result<Option<PromptRow>, ApiError> {
        let rows = api.prompt_store.prompts().await?;
        Ok(rows.into_iter().find(|row| row.name == self.name && row.language == self.language))
    }

    /// Converts and stores a file; what is stored now, and what became of it.
    async fn store(
        &self,
        api: &Api,
        file: Bytes,
        source: String,
    ) -> Result<(PromptRow, &'static str), ApiError> {
        let sha256 = fingerprint(&file);
        let before = self.stored(api).await?;
        let stored = if before.is_some() { "replaced" } else { "new" };
        if let Some(same) = before.filter(|row| row.source_sha256 == sha256) {
            return Ok((same, "unchanged"));
        }
        let place = PromptPlace { name: self.name.clone(), language: self.language.clone(), source };
        let (now, chance, limits) = (api.clock.now(), Arc::clone(&api.chance), api.settings.prompt_limits);
        let prepared = {
            let _turn = api.prompts.converting.acquire().await;
            actix_web::web::block(move || prepare_prompt(&file, place, limits, now, &*chance)).await
        };
        let prepared = prepared.map_err(|_| ApiError::internal("the conversion of a prompt panicked"))?;
        let (row, audio) = prepared.map_err(|error| ApiError::audio(&error))?;
        let put = api.prompt_store.put_prompt(row.clone(), audio).await?;
        self.show_change(api).await;
        match put {
            PutPrompt::Stored => Ok((row, stored)),
            // Somebody else sent the same file meanwhile.
            PutPrompt::Unchanged => {
                let there = self.stored(api).await?;
                there.map(|row| (row, "unchanged")).ok_or_else(|| self.nothing_there())
            }
        }
    }

    /// Shows a change on this node at once; the other looks every moment by itself, as this one does where it fails here.
    async fn show_change(&self, api: &Api) {
        if let Err(error) = api.prompts.read_changed(&*api.prompt_store).await {
            tracing::warn!(error = %error, "a prompt was changed and is shown as soon as the database can be read");
        }
    }

    /// Refuses while an active survey, paused or not, needs the prompt.
    async fn check_unused(&self, api: &Api) -> Result<(), ApiError> {
        let prompts = api.prompts.current();
        for row in api.catalog.catalog().await? {
            let Some(version) = row.active else { continue };
            let Ok(graph) = SurveyGraph::from_json(&version.document) else { continue };
            if graph.needs_prompt(&prompts, &self.name, &self.language) {
                return Err(ApiError::prompt_in_use(format!(
                    "the survey `{}`, which is active on {}, needs the prompt `{}` in `{}`: store another in its place, or \
                     remove it all the same with force=true",
                    graph.key(),
                    row.service.name,
                    self.name,
                    self.language
                )));
            }
        }
        Ok(())
    }
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

/// Lets a request with an operator's key through; the parameters in its query.
fn admit(request: &HttpRequest, api: &Api) -> Result<Fields, ApiError> {
    let fields = Fields::parse(request.query_string(), b"")?;
    let key = PresentedKey::of(request, &fields, api.settings.key_in_query);
    api.keys.admit(key.as_ref(), KeyScope::Admin, api.clock.monotonic(), api.clock.now())?;
    Ok(fields)
}

fn json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status).insert_header((CACHE_CONTROL, "no-store")).json(body)
}

fn refuse(error: &ApiError, api: &Api) -> HttpResponse {
    render_error(error, Format::Json, api)
}
