//! The IVR API: `survey`, `answer`, `answers`, `complete`. A script is one loop: ask what the reply says, send the digits,
//! until `result` is not `QUESTION`. Every call may be repeated.

mod answer;
mod complete;
mod survey;
mod view;

use std::panic::AssertUnwindSafe;

use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use crate::foundation::ResponseId;
use crate::storage::KeyScope;
use crate::telemetry::metric_names as names;

use super::auth::PresentedKey;
use super::error::ApiError;
use super::fields::Fields;
use super::format::Format;
use super::reply::Reply;
use super::state::Api;

pub(super) use answer::{__path_answer, __path_answers, answer, answers};
pub(super) use complete::{__path_complete, complete};
pub(super) use survey::{__path_survey, survey};
pub use view::{begun, not_asked};

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
    let _under_way = api.in_flight.enter();
    let begun = api.clock.monotonic();
    let mut format = Format::of_head(&request);
    let worked = AssertUnwindSafe(go(&request, payload, &api, work, &mut format)).catch_unwind();
    let outcome = match tokio::time::timeout(api.settings.deadline, worked).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_panic)) => Err(ApiError::internal("a handler panicked; the panic is in the log above")),
        Err(_elapsed) => Err(ApiError::deadline()),
    };
    let result = outcome.as_ref().map_or_else(ApiError::code, |_| "ok");
    let mut response = match outcome {
        Ok(reply) => reply.render(StatusCode::OK, format),
        Err(error) => render_error(&error, format, &api),
    };
    if wants_ok(&request) {
        *response.status_mut() = StatusCode::OK;
    }
    let took = api.clock.monotonic().saturating_sub(begun);
    metrics::counter!(names::HTTP_REQUESTS, "endpoint" => name, "result" => result).increment(1);
    metrics::histogram!(names::HTTP_SECONDS, "endpoint" => name).record(took.as_secs_f64());
    response
}

/// Whether the address says `http_status=200`: some clients throw the body of an error away, and with it the code their
/// script would branch on. Only the address counts, which is known whatever else of a request cannot be read.
fn wants_ok(request: &HttpRequest) -> bool {
    let query = request.query_string();
    query.contains("200") && Fields::parse(query, b"").is_ok_and(|f| f.get(&["httpstatus"]) == Some("200"))
}

async fn go(
    request: &HttpRequest,
    payload: Payload,
    api: &Api,
    work: Work,
    format: &mut Format,
) -> Result<Reply, ApiError> {
    if !matches!(*request.method(), Method::GET | Method::POST) {
        return Err(ApiError::wrong_method(METHODS));
    }
    let max = api.settings.body_max;
    let body = payload.to_bytes_limited(max).await.map_err(|_| ApiError::too_large(max))?;
    let body = body.map_err(|e| ApiError::malformed(format!("the body could not be read: {e}")))?;
    let fields = Fields::parse(request.query_string(), &body)?;
    *format = Format::of(request, &fields, &body);
    let key = PresentedKey::of(request, &fields, api.settings.key_in_query);
    api.keys.admit(key.as_ref(), KeyScope::Ivr, api.clock.monotonic(), api.clock.now())?;
    work(api, request, &fields).await
}

/// Logs what the client is not told, under an id it is told.
pub(super) fn render_error(error: &ApiError, format: Format, api: &Api) -> HttpResponse {
    let id = error.inner().map(|inner| {
        let id = format!("{:08x}", api.chance.bits() >> 32);
        tracing::warn!(error_id = %id, code = error.code(), error = inner, "a request failed, {inner}");
        id
    });
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
