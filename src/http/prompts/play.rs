//! Prompts as gateways and browsers fetch them. No key is needed: a gateway has none to send, and what every caller hears
//! is no secret.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use utoipa::IntoParams;

use crate::domain::prompt::{PromptName, parse_language};
use crate::foundation::PromptId;
use crate::http::error::ApiError;
use crate::http::fields::Fields;
use crate::http::format::Format;
use crate::http::ivr::render_error;
use crate::http::reply::Reply;
use crate::http::state::Api;
use crate::http::watch::watch;
use crate::storage::PromptForm;

use super::cache::Miss;
use super::{audio_response, dated};

/// Audio never changes under its id: it may be kept for good, which by RFC 9111 is a year.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// What a name stands for may change: kept, but asked for whether it is still the same.
const ASK_AGAIN: &str = "no-cache";

/// What is to be played.
struct Wanted {
    id: PromptId,
    form: PromptForm,
    cache_control: &'static str,
}

/// How `by_name` may be varied.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters for the OpenAPI document; they are read as fields")]
pub(in crate::http) struct CodecParam {
    /// `ulaw`, `alaw` or `pcm` (for browsers); without it the one of the site.
    #[param(example = "ulaw")]
    codec: Option<String>,
}

/// The audio with an id
///
/// A WAV file: G.711 µ-law or A-law at 8 kHz for phones, linear 16 bit at 16 kHz for browsers. Replies of the IVR API name
/// these addresses. They never change what they play, so that they may be kept for good; audio that was replaced can still be
/// had for some hours. Ranges, `HEAD`, `If-None-Match` and
/// `If-Modified-Since` are served. Needs no key.
#[utoipa::path(
    get, path = "/prompts/{id}.{form}.wav", tag = "Prompts", operation_id = "prompt_by_id",
    params(
        ("id" = String, Path, description = "The id of the audio", example = "01890a5d-ac96-774b-bcce-b302099a8057"),
        ("form" = String, Path, description = "`ulaw`, `alaw` or `pcm`", example = "ulaw"),
    ),
    responses(
        (status = 200, description = "The file", content((Vec<u8> = "audio/x-wav"), (Vec<u8> = "audio/wav"))),
        (status = 206, description = "The part that was asked for", content((Vec<u8> = "audio/x-wav"), (Vec<u8> = "audio/wav"))),
        (status = 304, description = "The client has it"),
        (status = "4XX", description = "There is no such audio, or no such part of it", content((Reply = "application/json"), (Reply = "application/xml"))),
        (status = "5XX", description = "Not now; `retry_after_s` says when", content((Reply = "application/json"), (Reply = "application/xml"))),
    ),
)]
pub(in crate::http) async fn by_id(request: HttpRequest, api: Data<Api>) -> HttpResponse {
    play(&request, &api, id_wanted(&request)).await
}

/// The prompt of a name
///
/// The audio that is stored for a name and language now, else for the parent of the language (`es` for `es-MX`): for scripts
/// that name their prompts themselves. Needs no key.
#[utoipa::path(
    get, path = "/prompts/{language}/{name}.wav", tag = "Prompts", operation_id = "prompt_by_name",
    params(
        ("language" = String, Path, description = "A language tag", example = "en"),
        ("name" = String, Path, description = "The prompt's name", example = "support.csat"),
        CodecParam,
    ),
    responses(
        (status = 200, description = "The file", content((Vec<u8> = "audio/x-wav"), (Vec<u8> = "audio/wav"))),
        (status = 206, description = "The part that was asked for", content((Vec<u8> = "audio/x-wav"), (Vec<u8> = "audio/wav"))),
        (status = 304, description = "The client has it"),
        (status = "4XX", description = "There is no such prompt, or no such part of it", content((Reply = "application/json"), (Reply = "application/xml"))),
        (status = "5XX", description = "Not now; `retry_after_s` says when", content((Reply = "application/json"), (Reply = "application/xml"))),
    ),
)]
pub(in crate::http) async fn by_name(request: HttpRequest, api: Data<Api>) -> HttpResponse {
    play(&request, &api, name_wanted(&request, &api)).await
}

async fn play(request: &HttpRequest, api: &Api, wanted: Result<Wanted, ApiError>) -> HttpResponse {
    let work = async {
        let Wanted { id, form, cache_control } = wanted?;
        let audio = api.prompts.audio.audio(&*api.prompt_store, id, form).await;
        let audio = audio.map_err(|miss| match &*miss {
            Miss::Unknown => ApiError::no_such_prompt(format!(
                "there is no audio with the id {id}; what was replaced is deleted after `prompts.keep_replaced_hours`"
            )),
            Miss::Storage(error) => ApiError::from(error),
        })?;
        let etag = format!("{id}.{}", form.as_str());
        let response = audio_response(request, audio, content_type(form), &etag, cache_control);
        // A name may stand for other audio within the same second, which dates cannot tell apart.
        Ok(match id.made_at().filter(|_| cache_control == FOR_GOOD) {
            Some(made_at) => dated(request, response, made_at.into()),
            None => response,
        })
    };
    let outcome = watch("prompt", api, api.settings.deadline, work).await;
    outcome.unwrap_or_else(|error| render_error(&error, Format::of_head(request), api))
}

fn content_type(form: PromptForm) -> &'static str {
    match form {
        PromptForm::Ulaw | PromptForm::Alaw => "audio/x-wav",
        PromptForm::Pcm => "audio/wav",
    }
}

fn id_wanted(request: &HttpRequest) -> Result<Wanted, ApiError> {
    let place = request.match_info();
    let (id, form) = (place.query("id"), place.query("form"));
    let unknown = || {
        ApiError::no_such_prompt(
            "there is no such prompt: the path is /prompts/ID.FORM.wav, the form ulaw, alaw or pcm",
        )
    };
    let id = id.parse().map_err(|_| unknown())?;
    let form = PromptForm::parse(form).ok_or_else(unknown)?;
    Ok(Wanted { id, form, cache_control: FOR_GOOD })
}

fn name_wanted(request: &HttpRequest, api: &Api) -> Result<Wanted, ApiError> {
    let fields = Fields::parse(request.query_string(), b"")?;
    let form = match fields.get(&["codec"]) {
        None => api.settings.prompt_form,
        Some(word) => PromptForm::parse(word)
            .ok_or_else(|| ApiError::parameter("codec", "has to be ulaw, alaw or pcm"))?,
    };
    let place = request.match_info();
    let (language, name) = (place.query("language"), place.query("name"));
    // Media servers are often of a kind that takes small letters for capitals, and prompts were named for them.
    let name = PromptName::parse(&name.to_ascii_lowercase());
    let name = name.map_err(|error| ApiError::no_such_prompt(format!("the name {error}")))?;
    let language = parse_language(language);
    let language = language.map_err(|error| ApiError::no_such_prompt(format!("the language {error}")))?;
    let entry = api.prompts.current().get(&name, &language).ok_or_else(|| {
        ApiError::no_such_prompt(format!(
            "there is no prompt `{name}` in `{language}`, nor in a parent of the language; `aftercall prompt list` shows all"
        ))
    })?;
    Ok(Wanted { id: entry.id, form, cache_control: ASK_AGAIN })
}
