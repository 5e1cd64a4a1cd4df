//! The watch over every request: it counts as under way until it is answered, ends within its limit of time whatever
//! happens, and is counted by what came of it.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;

use super::error::ApiError;
use super::state::Api;
use crate::telemetry::metric_names as names;

/// Does the work of a request. It fails like any other when it takes longer than `limit`, or panics.
pub(super) async fn watch<T>(
    endpoint: &'static str,
    api: &Api,
    limit: Duration,
    work: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    let _under_way = api.in_flight.enter();
    let begun = api.clock.monotonic();
    let outcome = match tokio::time::timeout(limit, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_panic)) => Err(ApiError::internal("a handler panicked; the panic is in the log above")),
        Err(_elapsed) => Err(ApiError::deadline()),
    };
    let result = outcome.as_ref().map_or_else(ApiError::code, |_| "ok");
    let took = api.clock.monotonic().saturating_sub(begun);
    metrics::counter!(names::HTTP_REQUESTS, "endpoint" => endpoint, "result" => result).increment(1);
    metrics::histogram!(names::HTTP_SECONDS, "endpoint" => endpoint).record(took.as_secs_f64());
    outcome
}
