//! `/metrics` for Prometheus.

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::state::Api;
use crate::telemetry::{metric_names as names, process_figures};

/// Figures for Prometheus
///
/// Text exposition format. Needs no key and holds no personal data.
#[utoipa::path(
    get, path = "/metrics", tag = "Operation", operation_id = "metrics",
    responses((status = 200, description = "All figures", body = String, content_type = "text/plain")),
)]
pub(super) async fn metrics(api: Data<Api>) -> HttpResponse {
    metrics::gauge!(names::HTTP_IN_FLIGHT).set(f64::from(api.in_flight.count()));
    // Memory stays far below 2^52 bytes, up to which a figure is exact.
    #[expect(clippy::cast_precision_loss, reason = "see above")]
    let cached = api.prompts.audio_bytes() as f64;
    metrics::gauge!(names::PROMPT_CACHE_BYTES).set(cached);
    api.metrics.run_upkeep();
    let figures = api.metrics.render() + &process_figures();
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(figures)
}
