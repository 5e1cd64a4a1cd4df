//! `recording.vxml`: what the caller said, and goes where the server says.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::FutureExt;

use crate::http::error::ApiError;
use crate::http::state::Api;

use super::answer::{not_stored, stored};
use super::{ending, serve};

/// `recording.vxml`: stores a recording, sent as `multipart/form-data` with `response_id`, `question_id` and `recording`; the
/// document returns what that of `answer.vxml` does. With `end=hangup` the caller is gone, and so is the document.
pub(in crate::http) async fn recording(
    request: HttpRequest,
    payload: Payload,
    api: Data<Api>,
) -> HttpResponse {
    let work = async { Err(ApiError::no_such_path()) };
    serve("recording.vxml", &api, work.boxed_local(), not_stored).await
}
