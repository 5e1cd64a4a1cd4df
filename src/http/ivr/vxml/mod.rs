//! The IVR API as VoiceXML: `survey.vxml` is a whole survey that any gateway runs without help; it calls the other three.
//!
//! Whatever goes wrong, the caller must never hear a gateway's own error prompt. A gateway plays one when a document
//! cannot be fetched, and it throws the body of every reply away whose status is not 200. So a status other than 200 is
//! given only to requests that are wrong and stay wrong: without a key, with a missing parameter. A "no" (no survey for this
//! caller), a refused answer and a temporary fault are documents like any other, with status 200, which return the
//! reason in `result` and `code`.

mod answer;
mod document;
mod ending;
mod page;
mod question;
mod recording;
mod save;
mod survey;

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::future::LocalBoxFuture;

use crate::http::auth::PresentedKey;
use crate::http::error::ApiError;
use crate::http::fields::Fields;
use crate::http::reply::challenge;
use crate::http::state::Api;
use crate::http::watch::watch;

pub(in crate::http) use answer::{answer, complete};
pub(in crate::http) use recording::recording;
pub(in crate::http) use survey::{__path_survey_vxml, survey_vxml};

/// The type of every reply (RFC 4267).
const CONTENT_TYPE: &str = "application/voicexml+xml; charset=utf-8";

/// A request that was let in.
struct Asked {
    fields: Fields,
    /// The key, if it came as a parameter: gateways then send it nowhere else, so every address has to carry it.
    key: Option<String>,
}

impl Asked {
    fn new(request: &HttpRequest, api: &Api, fields: Fields) -> Self {
        let key = PresentedKey::in_parameters(request, &fields, api.settings.key_in_query);
        Self { key: key.map(str::to_owned), fields }
    }

    /// The address of another endpoint: below `ivr_api.public_url` if it is set, else on the host that was asked.
    fn address(&self, api: &Api, endpoint: &str) -> String {
        let base = api.settings.public_url.as_deref().unwrap_or_default();
        let mut address = format!("{base}/ivr/v1/{endpoint}");
        if let Some(key) = &self.key {
            let encoded: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
            address.push_str("?api_key=");
            address.push_str(&encoded);
        }
        address
    }
}

/// The way every call goes: work in time, render; whatever happens, the gateway gets a document.
async fn serve<'a>(
    name: &'static str,
    api: &'a Api,
    limit: Duration,
    work: LocalBoxFuture<'a, Result<String, ApiError>>,
    failed: impl FnOnce(&ApiError) -> String,
) -> HttpResponse {
    match watch(name, api, limit, work).await {
        Ok(document) => render(StatusCode::OK, document),
        Err(error) => {
            super::log_inner(&error, api);
            let mut response = render(status(&error), failed(&error));
            if let Some(allow) = error.allow() {
                response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
            }
            response
        }
    }
}

/// The status of an error: its own when the request is wrong, 200 when the call can go on.
fn status(error: &ApiError) -> StatusCode {
    match error.status() {
        own @ (StatusCode::BAD_REQUEST
        | StatusCode::UNAUTHORIZED
        | StatusCode::FORBIDDEN
        | StatusCode::METHOD_NOT_ALLOWED
        | StatusCode::PAYLOAD_TOO_LARGE) => own,
        _ => StatusCode::OK,
    }
}

fn render(status: StatusCode, document: String) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CONTENT_TYPE, CONTENT_TYPE));
    // A document is about one call. Gateways that speak HTTP/1.0 know only the last two of these.
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    response.insert_header((header::PRAGMA, "no-cache"));
    response.insert_header((header::EXPIRES, "0"));
    if status == StatusCode::UNAUTHORIZED {
        response.insert_header(challenge());
    }
    response.body(document)
}
