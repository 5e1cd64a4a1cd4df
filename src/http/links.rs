//! `POST /api/v1/links`: another program asks for a link to the survey page for one of its customers.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actors::survey_engine::{Offer, Offered};
use crate::domain::contact::{CallFacts, Channel};
use crate::foundation::{BoundedText, Chance, Clock, ResponseId};
use crate::storage::KeyScope;

use super::error::ApiError;
use super::json_call::{self, bounded};
use super::state::Api;
use super::watch::watch;

/// How long a link works, in hours, unless whoever asks for it says otherwise.
const HOURS: i64 = 72;
/// Most hours.
const HOURS_MOST: i64 = 720;

/// Whose survey is linked to, and what is known of the contact.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkBody {
    /// The service by its name: of chats or of calls.
    #[schema(example = "Website", max_length = 100)]
    service: Option<String>,
    /// The dialled number, by which the service is found as well.
    #[schema(max_length = 40)]
    dn: Option<String>,
    /// The language wished for, such as `es` or `ar-EG`; the survey's first language otherwise.
    #[schema(max_length = 35)]
    lang: Option<String>,
    /// Hours for which the link works; 72 when left out.
    #[schema(minimum = 1, maximum = 720)]
    expires_hours: Option<i64>,
    /// The call's or conversation's id: a repeated ask for it links to the same response.
    #[schema(max_length = 100)]
    call_id: Option<String>,
    /// The customer's number. Needed for a cool-down.
    #[schema(max_length = 40)]
    customer: Option<String>,
    /// The agent's login id.
    #[schema(max_length = 40)]
    agent_id: Option<String>,
    /// The agent's name.
    #[schema(max_length = 100)]
    agent_name: Option<String>,
    /// The agent's team.
    #[schema(max_length = 100)]
    team: Option<String>,
    /// The queue.
    #[schema(max_length = 100)]
    queue: Option<String>,
}

/// A link, or why there is none.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkReply {
    /// The response; where there is none, the id under which it is kept why.
    #[schema(example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    response_id: String,
    /// Whether the customer is asked.
    offered: bool,
    /// `offered`, or the gate that said no.
    #[schema(example = "offered")]
    code: String,
    /// The same as a sentence for people.
    message: String,
    /// The address of the page, for this customer alone. It cannot be told again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://s.example.com/s/0aB3dE6gH9jK2m")]
    url: Option<String>,
    /// Until when it works.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
}

/// A link to the survey page.
///
/// Offers a survey to be answered on the page, by the same rules as every other way, and returns the page's address. A business
/// "no" is a reply like any other: `offered` is false, `code` and `message` say why. A repeated ask with the same `call_id` gets
/// another link to the same response; both work.
#[utoipa::path(
    post, path = "/api/v1/links", tag = "Links", operation_id = "link", request_body = LinkBody,
    responses(
        (status = 200, description = "The link, or why there is none", body = LinkReply),
        (status = "4XX", description = "The request cannot be served as it is", content((super::reply::Reply = "application/json"))),
        (status = 503, description = "Not now: send the same request again", content((super::reply::Reply = "application/json"))),
        (status = 507, description = "The database is away and this node can keep no more: ask the other node", content((super::reply::Reply = "application/json"))),
    ),
    security(("header" = []), ("basic" = []), ("query" = [])),
)]
pub(super) async fn link(request: HttpRequest, payload: Payload, api: Data<Api>) -> HttpResponse {
    json_call::reply(watch("link", &api, api.settings.deadline, go(&request, payload, &api)).await, &api)
}

async fn go(request: &HttpRequest, payload: Payload, api: &Api) -> Result<LinkReply, ApiError> {
    let body: LinkBody = json_call::read(request, payload, api, KeyScope::Chat, None).await?;
    let links = api.links.get().ok_or_else(ApiError::no_page)?;
    let hours = body.expires_hours.unwrap_or(HOURS);
    if !(1..=HOURS_MOST).contains(&hours) {
        return Err(ApiError::parameter("expires_hours", format!("has to be from 1 to {HOURS_MOST}")));
    }
    let ask = ask(body, &*api.clock, &*api.chance)?;
    match api.engine.ask(ask, api.settings.deadline).await?? {
        Offered::None { offer, outcome } => Ok(LinkReply {
            response_id: offer.to_string(),
            offered: false,
            code: outcome.as_str().to_owned(),
            message: outcome.message().to_owned(),
            url: None,
            expires_at: None,
        }),
        Offered::Survey(turn) => {
            let expires_at = api.clock.now() + TimeDelta::hours(hours);
            let token = links.begin_link(turn.response, expires_at).await?;
            Ok(LinkReply {
                response_id: turn.response.to_string(),
                offered: true,
                code: "offered".to_owned(),
                message: "the survey stands at the address".to_owned(),
                url: Some(links.address(&token)),
                expires_at: Some(expires_at),
            })
        }
    }
}

fn ask(body: LinkBody, clock: &dyn Clock, chance: &dyn Chance) -> Result<Offer, ApiError> {
    let facts = CallFacts {
        dn: bounded("dn", body.dn)?,
        customer: bounded("customer", body.customer)?,
        call_id: bounded("call_id", body.call_id)?,
        agent_id: bounded("agent_id", body.agent_id)?,
        agent_name: bounded("agent_name", body.agent_name)?,
        team: bounded("team", body.team)?,
        queue: bounded("queue", body.queue)?,
    };
    let service: Option<BoundedText<100>> = bounded("service", body.service)?;
    if service.is_none() && facts.dn.is_none() {
        return Err(ApiError::missing("service"));
    }
    let language: Option<BoundedText<35>> = bounded("lang", body.lang)?;
    Ok(Offer {
        id: ResponseId::new(clock.now(), chance),
        draw: chance.fraction(),
        seed: chance.bits().cast_signed(),
        facts,
        service: service.map(|text| text.to_string()),
        channel: Channel::Web,
        language: language.map(|text| text.to_string()),
    })
}
