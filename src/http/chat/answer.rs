//! What the customer of a chat said, and that the conversation is over.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::view::ChatTurn;
use super::{look, response_in};
use crate::actors::survey_engine::{EndWish, Finish, GiveAnswer};
use crate::http::error::ApiError;
use crate::http::json_call;
use crate::http::state::Api;
use crate::http::watch::watch;
use crate::storage::KeyScope;

/// An answer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ChatAnswerBody {
    /// The question, from the reply that asked it.
    #[serde(alias = "questionId")]
    #[schema(example = "csat")]
    question_id: String,
    /// A number, the `value` of a choice, or the customer's own words: `5 thanks`, `yes`, what a choice says. Empty or left out:
    /// the question is passed over.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "5")]
    value: Value,
}

/// How the conversation ended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ChatCompleteBody {
    /// `ended`, or left out: the state follows from what was answered. `declined`: the customer wants no survey.
    #[schema(example = "ended")]
    status: Option<String>,
}

/// Stores one answer; the reply is the next question
///
/// The answer is on disk before the reply is sent. A repeat is answered like the first time and stored once. Another value for
/// the last question answered is a correction; once the next question was answered it is refused with `too_late`.
#[utoipa::path(
    post, path = "/chat/v1/responses/{response_id}/answers", tag = "Chat", operation_id = "chat_answer",
    params(("response_id" = String, Path, description = "The response")), request_body = ChatAnswerBody,
    responses(
        (status = 200, description = "The next question, or that it is done", body = ChatTurn),
        (status = "4XX", description = "The request cannot be served as it is", content((crate::http::reply::Reply = "application/json"))),
        (status = 503, description = "Not now: send the same request again", content((crate::http::reply::Reply = "application/json"))),
        (status = 507, description = "The database is away and this node can keep no more: ask the other node", content((crate::http::reply::Reply = "application/json"))),
    ),
    security(("header" = []), ("basic" = []), ("query" = [])),
)]
pub(in crate::http) async fn chat_answer(
    request: HttpRequest,
    payload: Payload,
    api: Data<Api>,
) -> HttpResponse {
    let done = watch("chat_answer", &api, api.settings.deadline, give(&request, payload, &api)).await;
    json_call::reply(done, &api)
}

async fn give(request: &HttpRequest, payload: Payload, api: &Api) -> Result<ChatTurn, ApiError> {
    let body: ChatAnswerBody = json_call::read(request, payload, api, KeyScope::Chat, None).await?;
    let value = match body.value {
        Value::Null => String::new(),
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => if yes { "yes" } else { "no" }.to_owned(),
        Value::Array(_) | Value::Object(_) => {
            return Err(ApiError::parameter("value", "has to be a text or a number"));
        }
    };
    let response = response_in(request)?;
    let seed = look(api, response).await?.seed;
    let answer = GiveAnswer { response, question: body.question_id, value };
    let turn = api.engine.ask(answer, api.settings.deadline).await??;
    Ok(ChatTurn::of(&turn, seed, request))
}

/// The conversation is over
///
/// Ends the response as `complete`, `partial` or `declined`, by what was answered. Not needed once `done` is true; harmless then.
/// A response nobody ends is ended by time.
#[utoipa::path(
    post, path = "/chat/v1/responses/{response_id}/complete", tag = "Chat", operation_id = "chat_complete",
    params(("response_id" = String, Path, description = "The response")), request_body = ChatCompleteBody,
    responses(
        (status = 200, description = "The state the response ended in", body = ChatTurn),
        (status = "4XX", description = "The request cannot be served as it is", content((crate::http::reply::Reply = "application/json"))),
        (status = 503, description = "Not now: send the same request again", content((crate::http::reply::Reply = "application/json"))),
        (status = 507, description = "The database is away and this node can keep no more: ask the other node", content((crate::http::reply::Reply = "application/json"))),
    ),
    security(("header" = []), ("basic" = []), ("query" = [])),
)]
pub(in crate::http) async fn chat_complete(
    request: HttpRequest,
    payload: Payload,
    api: Data<Api>,
) -> HttpResponse {
    let done = watch("chat_complete", &api, api.settings.deadline, end(&request, payload, &api)).await;
    json_call::reply(done, &api)
}

async fn end(request: &HttpRequest, payload: Payload, api: &Api) -> Result<ChatTurn, ApiError> {
    let body: ChatCompleteBody = json_call::read(request, payload, api, KeyScope::Chat, None).await?;
    let wish = match body.status.as_deref().map(str::trim) {
        None | Some("" | "ended") => EndWish::ByAnswers,
        Some("declined") => EndWish::Declined,
        Some(_) => return Err(ApiError::parameter("status", "has to be ended or declined")),
    };
    let response = response_in(request)?;
    let seed = look(api, response).await?.seed;
    let turn = api.engine.ask(Finish { response, wish }, api.settings.deadline).await??;
    Ok(ChatTurn::of(&turn, seed, request))
}
