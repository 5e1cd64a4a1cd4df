//! What the calls of other programs have in common that send one JSON object and are answered with one.

use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::auth::PresentedKey;
use super::error::ApiError;
use super::fields::Fields;
use super::format::Format;
use super::ivr;
use super::state::Api;
use crate::foundation::BoundedText;
use crate::storage::KeyScope;

/// The whole body, of at most `max` bytes.
///
/// # Errors
///
/// When it is larger, or ends before its time.
pub(super) async fn read_body(
    request: &HttpRequest,
    payload: Payload,
    max: usize,
) -> Result<Bytes, ApiError> {
    // Refused at once: whoever announces more may never send it.
    if announced(request).is_some_and(|length| length > max) {
        return Err(ApiError::too_large(max));
    }
    let body = payload.to_bytes_limited(max).await.map_err(|_| ApiError::too_large(max))?;
    body.map_err(|error| ApiError::malformed(format!("the body could not be read: {error}")))
}

/// The length of the body as the client says it; none in chunks.
fn announced(request: &HttpRequest) -> Option<usize> {
    let length = request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?;
    // Beyond all numbers is beyond all limits.
    Some(length.trim().parse().unwrap_or(usize::MAX))
}

/// The object that a request of a program carries, whose key has `scope`, or else `other`.
///
/// # Errors
///
/// When the key is missing, unknown or of another scope, or the body is not what is asked for.
pub(super) async fn read<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: Payload,
    api: &Api,
    scope: KeyScope,
    other: Option<KeyScope>,
) -> Result<T, ApiError> {
    let body = read_body(request, payload, api.settings.body_max).await?;
    admit(request, api, scope, other)?;
    // Where nothing has to be said, nothing has to be sent.
    let body: &[u8] = if body.is_empty() { b"{}" } else { &body };
    serde_json::from_slice(body).map_err(|error| {
        ApiError::malformed(format!("the body is not the JSON object that is asked for: {error}"))
    })
}

/// Whether the key of a request has `scope`, or else `other`.
///
/// # Errors
///
/// When it has neither, or there is no such key.
pub(super) fn admit(
    request: &HttpRequest,
    api: &Api,
    scope: KeyScope,
    other: Option<KeyScope>,
) -> Result<(), ApiError> {
    let fields = Fields::parse(request.query_string(), b"")?;
    let key = PresentedKey::of(request, &fields, api.settings.key_in_query);
    let admit = |scope| api.keys.admit(key.as_ref(), scope, api.clock.monotonic(), api.clock.now()).map(drop);
    match (admit(scope), other) {
        (Err(error), Some(other)) if error.code() == "wrong_scope" => admit(other),
        (admitted, _) => admitted,
    }
}

/// The reply to a call: nobody on the way may keep it.
pub(super) fn reply<T: Serialize>(result: Result<T, ApiError>, api: &Api) -> HttpResponse {
    match result {
        Ok(told) => {
            HttpResponse::build(StatusCode::OK).insert_header(("cache-control", "no-store")).json(told)
        }
        Err(error) => ivr::render_error(&error, Format::Json, api),
    }
}

/// A member of the object within its length; `None` where it is left out or empty.
///
/// # Errors
///
/// When it is longer than `MAX`, or has characters that no such text has.
pub(super) fn bounded<const MAX: usize>(
    name: &str,
    text: Option<String>,
) -> Result<Option<BoundedText<MAX>>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    BoundedText::parse(&text).map_err(|error| ApiError::text(name, &error))
}
