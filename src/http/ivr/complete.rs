//! `complete`: the call ended, or the caller wants no survey.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use utoipa::IntoParams;

use crate::actors::survey_engine::{EndWish, Finish};
use crate::http::error::ApiError;
use crate::http::fields::Fields;
use crate::http::prompts::PromptLinks;
use crate::http::reply::Reply;
use crate::http::state::Api;

use super::{response_id, serve, view};

/// The parameters of `complete`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters for the OpenAPI document; they are read by their aliases"
)]
pub(in crate::http) struct CompleteParams {
    /// The response, from the reply to `survey`.
    response_id: String,
    /// `complete` or `partial`: the state follows from the answers; `hangup` or `abandoned`: so does it then, and the survey may
    /// go on by text message, if it says so; `declined`: the caller wants none.
    #[param(example = "hangup")]
    status: Option<String>,
    /// `json` or `xml`, instead of a suffix or the Accept header.
    format: Option<String>,
}

/// The call ended
///
/// Ends the response as `complete`, `partial` or `declined`, by what was answered. Not needed after `DONE`; harmless then.
/// A response nobody ends is ended by time.
#[utoipa::path(
    method(get, post), path = "/ivr/v1/complete", tag = "IVR", operation_id = "complete", params(CompleteParams),
    responses(
        (status = 200, description = "`DONE`, with the state the response ended in", content((Reply = "application/json"), (Reply = "application/xml"))),
        (status = "4XX", description = "The request cannot be served as it is", content((Reply = "application/json"), (Reply = "application/xml"))),
        (status = 503, description = "Not now: send the same request again", content((Reply = "application/json"), (Reply = "application/xml"))),
        (status = 507, description = "The database is away and this node can keep no more: ask the other node", content((Reply = "application/json"), (Reply = "application/xml"))),
    ),
    security(("header" = []), ("basic" = []), ("query" = [])),
)]
pub(in crate::http) async fn complete(
    request: HttpRequest,
    payload: Payload,
    api: Data<Api>,
) -> HttpResponse {
    serve("complete", request, payload, api, work).await
}

fn work<'a>(
    api: &'a Api,
    request: &'a HttpRequest,
    fields: &'a Fields,
) -> LocalBoxFuture<'a, Result<Reply, ApiError>> {
    async move {
        let message = finish(fields)?;
        let turn = api.engine.ask(message, api.settings.deadline).await??;
        Ok(view::turn(&turn, &PromptLinks::of(api, request)))
    }
    .boxed_local()
}

/// The parameters of `complete`.
pub(super) fn finish(fields: &Fields) -> Result<Finish, ApiError> {
    let wish = fields.get(&["status", "state"]).unwrap_or_default().trim().to_ascii_lowercase();
    let wish = match wish.as_str() {
        "" | "complete" | "completed" | "partial" => EndWish::ByAnswers,
        "abandoned" | "hangup" => EndWish::HungUp,
        "declined" => EndWish::Declined,
        _ => {
            return Err(ApiError::parameter(
                "status",
                "has to be complete, partial, abandoned, hangup or declined",
            ));
        }
    };
    Ok(Finish { response: response_id(fields)?, wish })
}
