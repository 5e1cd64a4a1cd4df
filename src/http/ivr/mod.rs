//! The IVR API: `survey`, `answer`, `answers`, `complete`, `recording`, and the same as VoiceXML in `vxml`. A script is one
//! loop: ask what the reply says, send the digits, until `result` is not `QUESTION`. Every call may be repeated.

mod answer;
mod complete;
mod recording;
mod survey;
mod view;
mod vxml;

use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::future::LocalBoxFuture;

use crate::foundation::ResponseId;
use crate::storage::KeyScope;

use super::auth::PresentedKey;
use super::error::ApiError;
use super::fields::{Fields, in_query};
use super::format::Format;
use super::json_call::read_body;
use super::reply::Reply;
use super::state::Api;
use super::watch::watch;

pub(super) use answer::{__path_answer, __path_answers, answer, answers};
pub(super) use complete::{__path_complete, complete};
pub(super) use recording::{__path_recording, RecordingBody, recording};
pub use survey::offer_of;
pub(super) use survey::{__path_survey, survey};
pub use view::{begun, not_asked};
pub(super) use vxml::{
    __path_survey_vxml, answer as answer_vxml, complete as complete_vxml, recording as recording_vxml,
    survey_vxml,
};

use answer::give_answer;
use complete::finish;
#[cfg(fuzzing)]
pub(super) use recording::fuzzed;
use recording::{give_recording, receive, unpack, upload_limit};
use survey::{SurveyParams, offer};

/// The methods every endpoint takes.
const METHODS: &str = "GET, POST";

/// What an endpoint does with parsed parameters; the request tells where it went, for the addresses of prompts.
type Work = for<'a> fn(&'a Api, &'a HttpRequest, &'a Fields) -> LocalBoxFuture<'a, Result<Reply, ApiError>>;

/// The way every call goes: read, let in, work, render; whatever happens, the caller gets the envelope in time.
async fn serve(
    name: &'static str,
    request: HttpRequest,
    payload: Payload,
    api: Data<Api>,
    work: Work,
) -> HttpResponse {
    let mut format = Format::of_head(&request);
    let work = go(&request, payload, &api, work, &mut format);
    let outcome = watch(name, &api, api.settings.deadline, work).await;
    conclude(&request, outcome, format, &api)
}

/// Renders what came of a request for a script.
pub(super) fn conclude(
    request: &HttpRequest,
    outcome: Result<Reply, ApiError>,
    format: Format,
    api: &Api,
) -> HttpResponse {
    let mut response = match outcome {
        Ok(reply) => reply.render(StatusCode::OK, format),
        Err(error) => render_error(&error, format, api),
    };
    if wants_ok(request) {
        *response.status_mut() = StatusCode::OK;
    }
    response
}

/// Whether the address says `http_status=200`: some clients throw the body of an error away, and with it the code their
/// script would branch on. Only the address counts, which is known whatever else of a request cannot be read.
fn wants_ok(request: &HttpRequest) -> bool {
    let query = request.query_string();
    query.contains("200") && in_query(query, "httpstatus").as_deref() == Some("200")
}

async fn go(
    request: &HttpRequest,
    payload: Payload,
    api: &Api,
    work: Work,
    format: &mut Format,
) -> Result<Reply, ApiError> {
    let (fields, body) = parse(request, payload, api).await?;
    *format = Format::of(request, &fields, &body);
    admit(request, &fields, api)?;
    work(api, request, &fields).await
}

/// Reads the parameters of a call and lets it in, for replies whose form is known beforehand.
async fn read(request: &HttpRequest, payload: Payload, api: &Api) -> Result<Fields, ApiError> {
    let (fields, _) = parse(request, payload, api).await?;
    admit(request, &fields, api)?;
    Ok(fields)
}

async fn parse(request: &HttpRequest, payload: Payload, api: &Api) -> Result<(Fields, Bytes), ApiError> {
    if !matches!(*request.method(), Method::GET | Method::POST) {
        return Err(ApiError::wrong_method(METHODS));
    }
    let body = read_body(request, payload, api.settings.body_max).await?;
    Ok((Fields::parse(request.query_string(), &body)?, body))
}

fn admit(request: &HttpRequest, fields: &Fields, api: &Api) -> Result<(), ApiError> {
    let key = PresentedKey::of(request, fields, api.settings.key_in_query);
    api.keys.admit(key.as_ref(), KeyScope::Ivr, api.clock.monotonic(), api.clock.now()).map(drop)
}

/// Logs what the client is not told, under an id it may be told.
fn log_inner(error: &ApiError, api: &Api) -> Option<String> {
    error.inner().map(|inner| {
        let id = format!("{:08x}", api.chance.bits() >> 32);
        tracing::warn!(error_id = %id, code = error.code(), error = inner, "a request failed, {inner}");
        id
    })
}

/// The envelope of an error.
pub(super) fn render_error(error: &ApiError, format: Format, api: &Api) -> HttpResponse {
    let id = log_inner(error, api);
    let mut response = Reply::error(error, id).render(error.status(), format);
    if let Some(allow) = error.allow() {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
    }
    response
}

/// The response a request is about.
fn response_id(fields: &Fields) -> Result<ResponseId, ApiError> {
    let text = fields.get(&["responseid", "response"]).ok_or_else(|| ApiError::missing("response_id"))?;
    text.trim().parse().map_err(|e| ApiError::parameter("response_id", e))
}
