//! Prompts over HTTP: which there are, under which address each is played, and how one is stored.

mod cache;
mod manage;
mod play;
mod serve;
mod shelf;
mod upload;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use actix_web::HttpResponse;
use futures_util::FutureExt;

use crate::telemetry::metric_names as names;

use super::error::ApiError;
use super::state::Api;

pub(super) use manage::{
    __path_list, __path_one, __path_put, __path_remove, METHODS, PromptList, PromptView, list, one, put,
    remove,
};
pub(super) use play::{__path_by_id, __path_by_name, by_id, by_name};
pub(in crate::http) use serve::audio_response;
use serve::dated;
pub use shelf::{PromptLinks, PromptShelf};

/// The way every request for prompts goes: whatever happens, the client is told in time, and it is counted.
async fn answer(
    endpoint: &'static str,
    api: &Api,
    within: Duration,
    work: impl Future<Output = Result<HttpResponse, ApiError>>,
    refuse: impl FnOnce(&ApiError) -> HttpResponse,
) -> HttpResponse {
    let begun = api.clock.monotonic();
    let outcome = match tokio::time::timeout(within, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_panic)) => Err(ApiError::internal("a handler panicked; the panic is in the log above")),
        Err(_elapsed) => Err(ApiError::deadline()),
    };
    let result = outcome.as_ref().map_or_else(ApiError::code, |_| "ok");
    let took = api.clock.monotonic().saturating_sub(begun);
    metrics::counter!(names::HTTP_REQUESTS, "endpoint" => endpoint, "result" => result).increment(1);
    metrics::histogram!(names::HTTP_SECONDS, "endpoint" => endpoint).record(took.as_secs_f64());
    outcome.unwrap_or_else(|error| refuse(&error))
}
