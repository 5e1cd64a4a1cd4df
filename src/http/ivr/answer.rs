//! `answer` and `answers`: what the caller pressed, one question at a time or all at once.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use utoipa::IntoParams;

use crate::actors::survey_engine::{GiveAnswer, GiveAnswers};
use crate::http::error::ApiError;
use crate::http::fields::Fields;
use crate::http::prompts::PromptLinks;
use crate::http::reply::Reply;
use crate::http::state::Api;

use super::{response_id, serve, view};

/// The parameters of `answer`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters for the OpenAPI document; they are read by their aliases"
)]
pub(in crate::http) struct AnswerParams {
    /// The response, from the reply to `survey`.
    response_id: String,
    /// The question, from the reply that asked it.
    #[param(example = "csat")]
    question_id: String,
    /// The digits pressed; empty or `-1`: not answered. Also `digits`, `answer`.
    #[param(example = "4")]
    value: Option<String>,
    /// `json` or `xml`, instead of a suffix or the Accept header.
    format: Option<String>,
}

/// The parameters of `answers`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters for the OpenAPI document; they are read by their aliases"
)]
pub(in crate::http) struct AnswersParams {
    /// The response, from the reply to `survey`.
    response_id: String,
    /// One value for each question in the survey's order; empty or `-1`: not answered. Also `answers`.
    #[param(example = "4:5:9")]
    a: String,
    /// `json` or `xml`, instead of a suffix or the Accept header.
    format: Option<String>,
}

/// Stores one answer; the reply is the next question
///
/// The answer is on disk before the reply is sent. A repeat is answered like the first time and stored once. Another value
/// for the last question answered is a correction; once the next question was answered it is refused with `too_late`.
#[utoipa::path(
    method(get, post), path = "/ivr/v1/answer", tag = "IVR", operation_id = "answer", params(AnswerParams),
    responses(
        (status = 200, description = "`QUESTION`: the next one; `DONE`: thank and hang up", content((Reply = "application/json"), (Reply = "application/xml"))),
        (status = "4XX", description = "The request cannot be served as it is", content((Reply = "application/json"), (Reply = "application/xml"))),
        (status = 503, description = "Not now: send the same request again", content((Reply = "application/json"), (Reply = "application/xml"))),
        (status = 507, description = "The database is away and this node can keep no more: ask the other node", content((Reply = "application/json"), (Reply = "application/xml"))),
    ),
    security(("header" = []), ("basic" = []), ("query" = [])),
)]
pub(in crate::http) async fn answer(request: HttpRequest, payload: Payload, api: Data<Api>) -> HttpResponse {
    serve("answer", request, payload, api, work_one).await
}

/// Stores all answers at once
///
/// As a list such as `4:5:9`. All or nothing: one wrong value refuses the list, and the message says which.
#[utoipa::path(
    method(get, post), path = "/ivr/v1/answers", tag = "IVR", operation_id = "answers", params(AnswersParams),
    responses(
        (status = 200, description = "`DONE`, or `QUESTION` if the list was shorter than the survey", content((Reply = "application/json"), (Reply = "application/xml"))),
        (status = "4XX", description = "The request cannot be served as it is", content((Reply = "application/json"), (Reply = "application/xml"))),
        (status = 503, description = "Not now: send the same request again", content((Reply = "application/json"), (Reply = "application/xml"))),
        (status = 507, description = "The database is away and this node can keep no more: ask the other node", content((Reply = "application/json"), (Reply = "application/xml"))),
    ),
    security(("header" = []), ("basic" = []), ("query" = [])),
)]
pub(in crate::http) async fn answers(request: HttpRequest, payload: Payload, api: Data<Api>) -> HttpResponse {
    serve("answers", request, payload, api, work_all).await
}

fn work_one<'a>(
    api: &'a Api,
    request: &'a HttpRequest,
    fields: &'a Fields,
) -> LocalBoxFuture<'a, Result<Reply, ApiError>> {
    async move {
        let message = give_answer(fields)?;
        let turn = api.engine.ask(message, api.settings.deadline).await??;
        Ok(view::turn(&turn, &PromptLinks::of(api, request)))
    }
    .boxed_local()
}

/// The parameters of `answer`.
pub(super) fn give_answer(fields: &Fields) -> Result<GiveAnswer, ApiError> {
    let question = fields.get(&["questionid", "question"]).ok_or_else(|| ApiError::missing("question_id"))?;
    let value = fields.get(&["value", "answer", "digits"]).unwrap_or_default();
    Ok(GiveAnswer {
        response: response_id(fields)?,
        question: question.trim().to_owned(),
        value: value.to_owned(),
    })
}

fn work_all<'a>(
    api: &'a Api,
    request: &'a HttpRequest,
    fields: &'a Fields,
) -> LocalBoxFuture<'a, Result<Reply, ApiError>> {
    async move {
        let list = fields.get(&["a", "answers", "values"]).ok_or_else(|| ApiError::missing("a"))?;
        let message = GiveAnswers { response: response_id(fields)?, list: list.to_owned() };
        let turn = api.engine.ask(message, api.settings.deadline).await??;
        Ok(view::turn(&turn, &PromptLinks::of(api, request)))
    }
    .boxed_local()
}
