//! What a customer answered, for the agent's view of a chat engine.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::TimeDelta;
use form_urlencoded::parse;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::view::labelled;
use super::{look, response_in};
use crate::domain::contact::Channel;
use crate::domain::response::AnswerValue;
use crate::domain::survey::Question;
use crate::domain::survey::scoring::Metric;
use crate::foundation::ResponseId;
use crate::http::error::ApiError;
use crate::http::json_call::{self, admit};
use crate::http::state::Api;
use crate::http::watch::watch;
use crate::storage::KeyScope;

/// How far back a conversation is looked for.
const CONVERSATION_AGE: TimeDelta = TimeDelta::days(30);

/// A response and its answers.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ChatResult {
    /// The response.
    #[schema(example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    response_id: String,
    /// `offered`, `in_progress`, `complete`, `partial`, `declined` or `expired`.
    #[schema(example = "complete")]
    state: &'static str,
    /// The survey's key.
    survey: String,
    /// The version that was asked.
    version: u32,
    /// The language of the texts.
    language: String,
    /// The first score that the customer gave; absent while there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<ChatScore>,
    /// What was answered, in the survey's order.
    answers: Vec<ChatResultAnswer>,
}

/// A score.
#[derive(Serialize, ToSchema)]
struct ChatScore {
    /// The question.
    question_id: String,
    /// `csat`, `nps`, `ces` or `mean`.
    #[schema(value_type = String, example = "csat")]
    metric: Metric,
    /// What was given.
    value: i32,
    /// The lowest number there was to give.
    min: i32,
    /// The highest.
    max: i32,
}

/// An answer.
#[derive(Serialize, ToSchema)]
struct ChatResultAnswer {
    /// The question.
    question_id: String,
    /// What was asked.
    text: String,
    /// `rating`, `nps`, `yes_no`, `choice` or `free_text`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// A number, the value of a choice or a text; null: passed over.
    #[schema(value_type = Option<String>)]
    value: Value,
    /// The same in words, as the customer saw it.
    label: Option<String>,
}

/// What was answered
#[utoipa::path(
    get, path = "/chat/v1/responses/{response_id}", tag = "Chat", operation_id = "chat_result",
    params(("response_id" = String, Path, description = "The response")),
    responses(
        (status = 200, description = "Where it stands, and its answers", body = ChatResult),
        (status = "4XX", description = "The request cannot be served as it is", content((crate::http::reply::Reply = "application/json"))),
        (status = 503, description = "Not now: send the same request again", content((crate::http::reply::Reply = "application/json"))),
    ),
    security(("header" = []), ("basic" = []), ("query" = [])),
)]
pub(in crate::http) async fn chat_result(request: HttpRequest, api: Data<Api>) -> HttpResponse {
    let found = watch("chat_result", &api, api.settings.deadline, by_id(&request, &api)).await;
    json_call::reply(found, &api)
}

/// What was answered in a conversation
///
/// The newest response of the conversation within 30 days.
#[utoipa::path(
    get, path = "/chat/v1/conversations/{conversation_id}", tag = "Chat", operation_id = "chat_conversation",
    params(
        ("conversation_id" = String, Path, description = "The conversation's id in the chat engine"),
        ("service" = String, Query, description = "The service by its name"),
    ),
    responses(
        (status = 200, description = "Where it stands, and its answers", body = ChatResult),
        (status = "4XX", description = "The request cannot be served as it is", content((crate::http::reply::Reply = "application/json"))),
        (status = 503, description = "Not now: send the same request again", content((crate::http::reply::Reply = "application/json"))),
    ),
    security(("header" = []), ("basic" = []), ("query" = [])),
)]
pub(in crate::http) async fn chat_conversation(request: HttpRequest, api: Data<Api>) -> HttpResponse {
    let found =
        watch("chat_conversation", &api, api.settings.deadline, by_conversation(&request, &api)).await;
    json_call::reply(found, &api)
}

async fn by_id(request: &HttpRequest, api: &Api) -> Result<ChatResult, ApiError> {
    admit(request, api, KeyScope::Chat, Some(KeyScope::Read))?;
    tell(request, api, response_in(request)?).await
}

async fn by_conversation(request: &HttpRequest, api: &Api) -> Result<ChatResult, ApiError> {
    admit(request, api, KeyScope::Chat, Some(KeyScope::Read))?;
    let asked = parse(request.query_string().as_bytes()).find(|(name, _)| name == "service");
    let (_, service) = asked.ok_or_else(|| ApiError::missing("service"))?;
    let conversation = request.match_info().get("conversation_id").unwrap_or_default();
    result_of(request, api, &service, conversation).await
}

/// What was answered in a conversation of a service.
pub(in crate::http) async fn result_of(
    request: &HttpRequest,
    api: &Api,
    service: &str,
    conversation: &str,
) -> Result<ChatResult, ApiError> {
    let services = api.catalog.services().await?;
    let known = services.into_iter().find(|known| known.name.to_lowercase() == service.to_lowercase());
    let service = known.ok_or_else(|| ApiError::parameter("service", "there is no service of this name"))?;
    let since = api.clock.now() - CONVERSATION_AGE;
    let found =
        api.responses.response_of_call(service.id, Channel::Chat, conversation.to_owned(), since).await?;
    tell(request, api, found.ok_or_else(ApiError::unknown_conversation)?).await
}

async fn tell(request: &HttpRequest, api: &Api, response: ResponseId) -> Result<ChatResult, ApiError> {
    let seen = look(api, response).await?;
    let graph = &seen.turn.version.graph;
    let language = &*seen.turn.language;
    let answered: Vec<(&Question, &AnswerValue)> = graph
        .questions()
        .iter()
        .filter_map(|question| Some((question, seen.progress.answer(question.no)?)))
        .collect();
    let answer = |(question, value): &(&Question, &AnswerValue)| ChatResultAnswer {
        question_id: question.key.clone(),
        text: question.text(language).to_owned(),
        kind: question.kind.as_str(),
        value: match value {
            AnswerValue::Number(number) => json!(number),
            AnswerValue::Choice(text) | AnswerValue::Text(text) => json!(text),
            AnswerValue::Skipped | AnswerValue::Recording(_) => Value::Null,
        },
        label: labelled(question, value, language, request),
    };
    Ok(ChatResult {
        response_id: response.to_string(),
        state: seen.turn.state.as_str(),
        survey: graph.key().to_owned(),
        version: seen.turn.version.number,
        language: language.to_owned(),
        score: answered.iter().find_map(|(question, value)| score(question, value)),
        answers: answered.iter().map(answer).collect(),
    })
}

fn score(question: &Question, value: &AnswerValue) -> Option<ChatScore> {
    let metric = Metric::of(&question.kind);
    let AnswerValue::Number(value) = value else { return None };
    if !matches!(metric, Metric::Csat | Metric::Nps | Metric::Ces | Metric::Mean) {
        return None;
    }
    let (min, max) = question.kind.range()?;
    Some(ChatScore { question_id: question.key.clone(), metric, value: *value, min, max })
}
