//! A conversation is to be asked.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::look;
use super::view::{AskedQuestion, ChatTurn, asked_question, direction};
use crate::actors::survey_engine::{Offer, Offered};
use crate::domain::contact::{CallFacts, Channel};
use crate::foundation::{BoundedText, Chance, Clock, ResponseId};
use crate::http::error::ApiError;
use crate::http::json_call::{self, bounded};
use crate::http::state::Api;
use crate::http::watch::watch;
use crate::storage::{KeyScope, StorageErrorKind};

/// How long the link and the token work, in hours, unless whoever opens the response says otherwise.
const HOURS: i64 = 72;
/// Most hours.
const HOURS_MOST: i64 = 720;

/// Which conversation is to be asked, and what is known of it. Names may be written as `conversationId` as well.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ChatOpenBody {
    /// The service of chats, by its name.
    #[schema(example = "Website", max_length = 100)]
    pub(in crate::http) service: String,
    /// The conversation's id in the chat engine. The same again gets the same response.
    #[serde(alias = "conversationId")]
    #[schema(example = "c-20391", max_length = 100)]
    pub(in crate::http) conversation_id: String,
    /// The language wished for, such as `es` or `ar-EG`; the survey's first language otherwise.
    #[serde(alias = "language")]
    #[schema(max_length = 35)]
    pub(in crate::http) lang: Option<String>,
    /// Hours for which link and token work; 72 when left out.
    #[serde(alias = "expiresHours")]
    #[schema(minimum = 1, maximum = 720)]
    pub(in crate::http) expires_hours: Option<i64>,
    /// The customer's number. Needed for a cool-down.
    #[schema(max_length = 40)]
    pub(in crate::http) customer: Option<String>,
    /// The agent's login id.
    #[serde(alias = "agentId")]
    #[schema(max_length = 40)]
    pub(in crate::http) agent_id: Option<String>,
    /// The agent's name.
    #[serde(alias = "agentName")]
    #[schema(max_length = 100)]
    pub(in crate::http) agent_name: Option<String>,
    /// The agent's team.
    #[schema(max_length = 100)]
    pub(in crate::http) team: Option<String>,
    /// The queue.
    #[schema(max_length = 100)]
    pub(in crate::http) queue: Option<String>,
}

impl ChatOpenBody {
    /// Nothing but what has to be known.
    pub(in crate::http) fn new(service: String, conversation_id: String) -> Self {
        Self {
            service,
            conversation_id,
            lang: None,
            expires_hours: None,
            customer: None,
            agent_id: None,
            agent_name: None,
            team: None,
            queue: None,
        }
    }
}

/// A response that was opened, or why there is none.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ChatOpenReply {
    /// Whether the customer is asked.
    offered: bool,
    /// `offered`, or the gate that said no.
    #[schema(example = "offered")]
    code: String,
    /// The same as a sentence for people.
    message: String,
    /// The id under which it is kept why nobody is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    offer_id: Option<String>,
    /// Where the response stands, and what is asked first; its members beside the others.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    turn: Option<ChatTurn>,
    /// What else is known of the survey; its members beside the others.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    survey: Option<ChatSurvey>,
}

/// What is asked, and where else it can be answered.
#[derive(Serialize, ToSchema)]
struct ChatSurvey {
    /// The survey's key.
    survey: String,
    /// The number of the version that is asked.
    version: u32,
    /// The language of all texts.
    language: String,
    /// `ltr` or `rtl`.
    direction: &'static str,
    /// What to say before the first question.
    #[serde(skip_serializing_if = "Option::is_none")]
    intro: Option<String>,
    /// All questions, for whoever goes through them without asking after each; branching may pass over some.
    questions: Vec<AskedQuestion>,
    /// The page for this customer, where it can be answered as well. It cannot be told again; opening the response once more
    /// makes another one, and both work.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://s.example.com/s/0aB3dE6gH9jK2m")]
    url: Option<String>,
    /// What the widget in the customer's browser is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0aB3dE6gH9jK2m")]
    token: Option<String>,
    /// Until when both work.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
}

/// Is there a survey for this conversation?
///
/// Opens a response, by the same rules as for every other contact, and returns the first question, all questions, and a link for
/// the customer. A business "no" is a reply like any other: `offered` is false, `code` and `message` say why. The same
/// conversation asked for again gets the same response, where it stands.
#[utoipa::path(
    post, path = "/chat/v1/responses", tag = "Chat", operation_id = "chat_open", request_body = ChatOpenBody,
    responses(
        (status = 200, description = "The response, or why there is none", body = ChatOpenReply),
        (status = "4XX", description = "The request cannot be served as it is", content((crate::http::reply::Reply = "application/json"))),
        (status = 503, description = "Not now: send the same request again", content((crate::http::reply::Reply = "application/json"))),
        (status = 507, description = "The database is away and this node can keep no more: ask the other node", content((crate::http::reply::Reply = "application/json"))),
    ),
    security(("header" = []), ("basic" = []), ("query" = [])),
)]
pub(in crate::http) async fn chat_open(
    request: HttpRequest,
    payload: Payload,
    api: Data<Api>,
) -> HttpResponse {
    json_call::reply(watch("chat_open", &api, api.settings.deadline, go(&request, payload, &api)).await, &api)
}

async fn go(request: &HttpRequest, payload: Payload, api: &Api) -> Result<ChatOpenReply, ApiError> {
    let body = json_call::read(request, payload, api, KeyScope::Chat, None).await?;
    open_conversation(request, api, body).await
}

/// Opens a response for a conversation, or goes on with the one it has.
pub(in crate::http) async fn open_conversation(
    request: &HttpRequest,
    api: &Api,
    body: ChatOpenBody,
) -> Result<ChatOpenReply, ApiError> {
    let hours = body.expires_hours.unwrap_or(HOURS);
    if !(1..=HOURS_MOST).contains(&hours) {
        return Err(ApiError::parameter("expires_hours", format!("has to be from 1 to {HOURS_MOST}")));
    }
    let offer = offer(body, &*api.clock, &*api.chance)?;
    match api.engine.ask(offer, api.settings.deadline).await?? {
        Offered::None { offer, outcome } => Ok(ChatOpenReply {
            offered: false,
            code: outcome.as_str().to_owned(),
            message: outcome.message().to_owned(),
            offer_id: Some(offer.to_string()),
            turn: None,
            survey: None,
        }),
        Offered::Survey(turn) => opened(request, api, turn.response, hours).await,
    }
}

async fn opened(
    request: &HttpRequest,
    api: &Api,
    response: ResponseId,
    hours: i64,
) -> Result<ChatOpenReply, ApiError> {
    // Read anew, for the order of choices is known to the response alone, and another node may have gone on with it.
    let seen = look(api, response).await?;
    let turn = &seen.turn;
    let (graph, language) = (&turn.version.graph, &*turn.language);
    let (mut url, mut token, mut expires_at) = (None, None, None);
    if let Some(links) = api.links.get() {
        let until = api.clock.now() + TimeDelta::hours(hours);
        match links.begin_link(response, until).await {
            Ok(made) => {
                url = Some(links.address(&made));
                token = Some(made.expose().to_owned());
                expires_at = Some(until);
            }
            // While the database is away the engine can ask all the same.
            Err(error) if error.kind == StorageErrorKind::Unavailable => {}
            Err(error) => return Err(error.into()),
        }
    }
    let questions = graph.questions().iter().filter(|question| question.asked_on(turn.channel));
    let questions =
        questions.map(|question| asked_question(turn, question, language, seen.seed, request)).collect();
    Ok(ChatOpenReply {
        offered: true,
        code: "offered".to_owned(),
        message: "the customer may be asked".to_owned(),
        offer_id: None,
        turn: Some(ChatTurn::of(turn, seen.seed, request)),
        survey: Some(ChatSurvey {
            survey: graph.key().to_owned(),
            version: turn.version.number,
            language: language.to_owned(),
            direction: direction(language),
            intro: graph.intro(language).map(str::to_owned),
            questions,
            url,
            token,
            expires_at,
        }),
    })
}

fn offer(body: ChatOpenBody, clock: &dyn Clock, chance: &dyn Chance) -> Result<Offer, ApiError> {
    let conversation = bounded("conversation_id", Some(body.conversation_id))?;
    let service: Option<BoundedText<100>> = bounded("service", Some(body.service))?;
    let facts = CallFacts {
        dn: None,
        customer: bounded("customer", body.customer)?,
        call_id: Some(conversation.ok_or_else(|| ApiError::missing("conversation_id"))?),
        agent_id: bounded("agent_id", body.agent_id)?,
        agent_name: bounded("agent_name", body.agent_name)?,
        team: bounded("team", body.team)?,
        queue: bounded("queue", body.queue)?,
    };
    let service = service.ok_or_else(|| ApiError::missing("service"))?;
    let language: Option<BoundedText<35>> = bounded("lang", body.lang)?;
    Ok(Offer {
        id: ResponseId::new(clock.now(), chance),
        draw: chance.fraction(),
        seed: chance.bits().cast_signed(),
        facts,
        service: Some(service.to_string()),
        channel: Channel::Chat,
        language: language.map(|text| text.to_string()),
    })
}
