//! `/sms/v1/{route}/callback`: what gateways of text messages send by themselves: receipts, and messages from phones. They are
//! told that it came once it is stored.

use actix_web::http::Method;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::actors::sms_sender::InboxError;
use crate::foundation::RouteGateway;
use crate::outbound::sms::http::{Callback, CallbackError, callback_reply, read_callback};

use super::error::ApiError;
use super::format::Format;
use super::ivr;
use super::json_call::read_body;
use super::state::Api;
use super::watch::watch;

/// Bytes of a request at most: gateways send a hundred receipts in one.
const BODY_MAX: usize = 1024 * 1024;

/// Takes what a gateway sends. It proves itself by a signature or the secret in the address; there is no API key.
pub(super) async fn callback(
    request: HttpRequest,
    payload: Payload,
    route: Path<String>,
    api: Data<Api>,
) -> HttpResponse {
    match watch("sms_callback", &api, api.settings.deadline, go(&request, payload, &route, &api)).await {
        Ok((content_type, body)) => HttpResponse::Ok().content_type(content_type).body(body),
        Err(error) => ivr::render_error(&error, Format::Json, &api),
    }
}

async fn go(
    request: &HttpRequest,
    payload: Payload,
    route: &str,
    api: &Api,
) -> Result<(&'static str, &'static str), ApiError> {
    if !matches!(*request.method(), Method::GET | Method::POST) {
        return Err(ApiError::wrong_method("GET, POST"));
    }
    let found = api.sms_routes.iter().find(|known| known.route.name == route);
    let Some(RouteGateway::Http(gateway)) = found.map(|found| &found.gateway) else {
        return Err(ApiError::no_such_path());
    };
    let body = read_body(request, payload, BODY_MAX).await?;
    let headers: Vec<(&str, &str)> = request
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    let callback = Callback { query: request.query_string(), headers: &headers, body: &body };
    let came = read_callback(&callback, gateway, route).map_err(|error| refused(&error))?;
    for inbound in came {
        api.sms_inbox.take(route, inbound).await.map_err(not_taken)?;
    }
    Ok(callback_reply(gateway))
}

/// The gateway is to send it again.
fn not_taken(error: InboxError) -> ApiError {
    match error {
        InboxError::Storage(error) => error.into(),
        InboxError::Engine(error) => error.into(),
        InboxError::Ask(error) => error.into(),
    }
}

fn refused(error: &CallbackError) -> ApiError {
    match error {
        CallbackError::NotSetUp => ApiError::no_such_path(),
        CallbackError::NotSigned => ApiError::not_signed(error.to_string()),
        CallbackError::Unreadable(_) => ApiError::malformed(error.to_string()),
    }
}
