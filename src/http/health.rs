//! How the node is: `/health` for people and monitors, `/health/live` and `/health/ready` for programs.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::state::Api;
use crate::supervise::Running;

/// The health of a node in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    /// Everything runs.
    Ok,
    /// Callers are served, something else is not well.
    Degraded,
    /// Callers cannot be served by this node now.
    Down,
}

/// What `/health` tells.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct HealthReport {
    /// In a word.
    pub status: HealthStatus,
    /// The node.
    pub node: String,
    /// The program's version.
    pub version: String,
    /// Seconds since the program started.
    pub uptime_s: u64,
    /// Whether what callers do can be stored durably, in the database or (while it is away) in the spool: the last probe's
    /// `ok`, `at`, `took_ms`, `error`.
    #[schema(value_type = Object)]
    pub database: Value,
    /// The spool, where there is one: `mode` (`direct`, `away`, `returning`), what stands in it, and since when the database is
    /// away.
    #[schema(value_type = Option<Object>)]
    pub spool: Option<Value>,
    /// The virtual IP, where this node has a part in it: `standing` (`holds`, `standby`, `unfit`, `trouble`), the `addresses`, whether
    /// they are `held` here, what keepalived says it is (`vrrp_state`), and what is wrong (`trouble`).
    #[schema(value_type = Option<Object>)]
    pub vip: Option<Value>,
    /// Every supervised child: name, group, state, restarts, last exit and what it shows of itself.
    #[schema(value_type = Vec<Object>)]
    pub children: Vec<Value>,
}

/// How the node is
///
/// 200 while callers can be served (`ok`, `degraded`), 503 when not (`down`). Needs no key and holds no personal data.
#[utoipa::path(
    get, path = "/health", tag = "Operation", operation_id = "health",
    responses((status = 200, description = "Callers are served", body = HealthReport), (status = 503, description = "They are not", body = HealthReport)),
)]
pub(super) async fn health(api: Data<Api>) -> HttpResponse {
    let report = report(&api);
    let status =
        if report.status == HealthStatus::Down { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    HttpResponse::build(status).insert_header(("cache-control", "no-store")).json(report)
}

/// The process runs
#[utoipa::path(
    get, path = "/health/live", tag = "Operation", operation_id = "health_live",
    responses((status = 200, description = "The process runs", body = Word)),
)]
pub(super) async fn live() -> Json<Word> {
    Json(Word { status: "live" })
}

/// Calls can be served
#[utoipa::path(
    get, path = "/health/ready", tag = "Operation", operation_id = "health_ready",
    responses((status = 200, description = "Send calls here", body = Word), (status = 503, description = "Send calls elsewhere", body = Word)),
)]
pub(super) async fn ready(api: Data<Api>) -> HttpResponse {
    if status(&api) == HealthStatus::Down {
        HttpResponse::ServiceUnavailable().json(Word { status: "not_ready" })
    } else {
        HttpResponse::Ok().json(Word { status: "ready" })
    }
}

/// One word.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Word {
    /// `live`, `ready` or `not_ready`.
    status: &'static str,
}

fn status(api: &Api) -> HealthStatus {
    let Some(board) = api.tree.get().map(Running::board) else { return HealthStatus::Down };
    if !board.ready() || !api.storage_health.is_ok() {
        HealthStatus::Down
    } else if board.degraded() || is_trouble(api) {
        HealthStatus::Degraded
    } else {
        HealthStatus::Ok
    }
}

/// Whether something is wrong that callers do not notice yet.
fn is_trouble(api: &Api) -> bool {
    api.spool.as_ref().is_some_and(|spool| spool.spool_vitals().is_trouble())
        || api.vip.as_ref().is_some_and(|vip| vip.is_trouble())
}

/// How the node is.
pub(super) fn report(api: &Api) -> HealthReport {
    let children = api.tree.get().map(|tree| tree.board().report()).unwrap_or_default();
    HealthReport {
        status: status(api),
        node: api.settings.node.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        uptime_s: api.clock.monotonic().as_secs(),
        database: serde_json::to_value(api.storage_health.last()).unwrap_or_default(),
        spool: api.spool.as_ref().and_then(|spool| serde_json::to_value(spool.spool_vitals()).ok()),
        vip: api.vip.as_ref().map(|vip| vip.seen()),
        children: children.iter().filter_map(|child| serde_json::to_value(child).ok()).collect(),
    }
}
