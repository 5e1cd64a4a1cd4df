//! Crash drills: an operator (or a test) forces a child to crash and watches calls go on. Off unless configured.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use utoipa::IntoParams;

use crate::storage::KeyScope;
use crate::supervise::Drill;

use super::auth::PresentedKey;
use super::error::ApiError;
use super::fields::Fields;
use super::format::Format;
use super::ivr::render_error;
use super::reply::{Reply, ResultWord};
use super::state::Api;

/// How long a drilled hang lasts: longer than any sensible heartbeat.
const HANG: Duration = Duration::from_mins(1);

/// The parameters of a drill.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters for the OpenAPI document; they are read as fields")]
pub(super) struct DrillParams {
    /// The child, as named by `/health`.
    #[param(example = "survey_engine")]
    child: String,
    /// `panic`, `panic_in_future`, `fail`, `hang` or `kill_thread`.
    #[param(example = "panic")]
    kind: String,
}

/// Crashes a child on purpose
///
/// Needs a key with the scope `admin`, and `drill.enabled` in the configuration.
#[utoipa::path(
    post, path = "/drill/v1/crash", tag = "Operation", operation_id = "drill_crash", params(DrillParams),
    responses(
        (status = 200, description = "It was told to crash", content((Reply = "application/json"), (Reply = "application/xml"))),
        (status = "4XX", description = "The request cannot be served as it is", content((Reply = "application/json"), (Reply = "application/xml"))),
    ),
    security(("header" = []), ("basic" = []), ("query" = [])),
)]
pub(super) async fn crash(request: HttpRequest, api: Data<Api>) -> HttpResponse {
    let format = Format::of_head(&request);
    match force(&request, &api) {
        Ok(()) => {
            let mut reply = Reply::new(ResultWord::Done);
            reply.message = Some("the child was told to crash; /health shows its restart".to_owned());
            reply.render(StatusCode::OK, format)
        }
        Err(error) => render_error(&error, format, &api),
    }
}

fn force(request: &HttpRequest, api: &Api) -> Result<(), ApiError> {
    let tree = api.tree.get().filter(|_| api.settings.drills).ok_or_else(ApiError::no_such_path)?;
    let fields = Fields::parse(request.query_string(), b"")?;
    let key = PresentedKey::of(request, &fields, api.settings.key_in_query);
    api.keys.admit(key.as_ref(), KeyScope::Admin, api.clock.monotonic(), api.clock.now())?;
    let child = fields.get(&["child"]).ok_or_else(|| ApiError::missing("child"))?;
    let drill = drill(fields.get(&["kind"]).unwrap_or("panic"))?;
    tree.drill(child, drill).map_err(|why| ApiError::parameter("child", format!("cannot be crashed: {why}")))
}

fn drill(kind: &str) -> Result<Drill, ApiError> {
    match kind {
        "panic" => Ok(Drill::Panic),
        "panic_in_future" => Ok(Drill::PanicInFuture),
        "fail" => Ok(Drill::Fail),
        "hang" => Ok(Drill::Hang(HANG)),
        "kill_thread" => Ok(Drill::KillThread),
        _ => Err(ApiError::parameter("kind", "has to be panic, panic_in_future, fail, hang or kill_thread")),
    }
}
