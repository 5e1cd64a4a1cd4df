//! `POST /api/v1/invites`: another program says that a customer may be invited to a survey by text message.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actors::survey_engine::{Invite, Invited};
use crate::domain::contact::CallFacts;
use crate::domain::invite::InviteCause;
use crate::domain::offer::Outcome;
use crate::foundation::{BoundedText, Chance, Clock, ResponseId};
use crate::storage::KeyScope;

use super::error::ApiError;
use super::json_call::{self, bounded};
use super::state::Api;
use super::watch::watch;

/// Why somebody may be invited, and what is known of the contact.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InviteBody {
    /// The customer's number; that of `customer` when left out. With `+` and the country's code, or as `sms.default_region` has it.
    #[schema(example = "+34600111222")]
    number: Option<String>,
    /// The service by its name.
    #[schema(example = "Billing")]
    service: Option<String>,
    /// The dialled number, by which the service is found as well.
    dn: Option<String>,
    /// What led to it: `call_ended`, `chat_ended` or, when left out, `api`.
    #[schema(example = "call_ended")]
    cause: Option<String>,
    /// Whether the customer agreed to be written to. False when left out; a survey may assume it.
    #[serde(default)]
    consent: bool,
    /// Your id of this ask: the same again is answered with what was decided the first time.
    #[schema(max_length = 200)]
    reference: Option<String>,
    /// The call's or conversation's id. Without a `reference` a repetition is known by it.
    call_id: Option<String>,
    /// The customer's number as the contact centre writes it.
    customer: Option<String>,
    /// The agent's login id.
    agent_id: Option<String>,
    /// The agent's name.
    agent_name: Option<String>,
    /// The agent's team.
    team: Option<String>,
    /// The queue.
    queue: Option<String>,
    /// The language wished for.
    lang: Option<String>,
}

/// What was decided.
#[derive(Serialize, ToSchema)]
pub(super) struct InviteReply {
    /// The invite; the response has the same id, where one began.
    #[schema(example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    invite_id: String,
    /// Whether the customer is invited.
    invited: bool,
    /// `offered`, or the gate that said no.
    #[schema(example = "opted_out")]
    code: String,
    /// The same as a sentence for people.
    message: String,
    /// Until when it can be answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
    /// Whether it was decided before, by an ask with the same reference.
    repeated: bool,
}

/// May this customer be invited?
///
/// Decides by the survey's rules, and puts the message into the outbox; both are stored before the reply. A business "no" is a
/// reply like any other: `invited` is false, `code` and `message` say why. Every ask may be repeated.
#[utoipa::path(
    post, path = "/api/v1/invites", tag = "Invites", operation_id = "invite", request_body = InviteBody,
    responses(
        (status = 200, description = "What was decided", body = InviteReply),
        (status = "4XX", description = "The request cannot be served as it is", content((super::reply::Reply = "application/json"))),
        (status = 503, description = "Not now: send the same request again", content((super::reply::Reply = "application/json"))),
    ),
    security(("header" = []), ("basic" = []), ("query" = [])),
)]
pub(super) async fn invite(request: HttpRequest, payload: Payload, api: Data<Api>) -> HttpResponse {
    json_call::reply(watch("invite", &api, api.settings.deadline, go(&request, payload, &api)).await, &api)
}

async fn go(request: &HttpRequest, payload: Payload, api: &Api) -> Result<InviteReply, ApiError> {
    // Scripts of calls and chat engines may both ask.
    let body: InviteBody =
        json_call::read(request, payload, api, KeyScope::Chat, Some(KeyScope::Ivr)).await?;
    let ask = ask(body, &*api.clock, &*api.chance)?;
    let invited = api.engine.ask(ask, api.settings.deadline).await??;
    Ok(reply(invited))
}

fn ask(body: InviteBody, clock: &dyn Clock, chance: &dyn Chance) -> Result<Invite, ApiError> {
    let cause = match body.cause.as_deref().map(str::trim) {
        None | Some("" | "api") => InviteCause::Api,
        Some("call_ended") => InviteCause::CallEnded,
        Some("chat_ended") => InviteCause::ChatEnded,
        Some(_) => return Err(ApiError::parameter("cause", "has to be call_ended, chat_ended or api")),
    };
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
    let number: Option<BoundedText<60>> = bounded("number", body.number)?;
    let reference: Option<BoundedText<200>> = bounded("reference", body.reference)?;
    let language: Option<BoundedText<35>> = bounded("lang", body.lang)?;
    Ok(Invite {
        id: ResponseId::new(clock.now(), chance),
        draw: chance.fraction(),
        seed: chance.bits().cast_signed(),
        reference: reference.map(|text| text.to_string()),
        cause,
        facts,
        service: service.map(|text| text.to_string()),
        number: number.map(|text| text.to_string()),
        consent: body.consent,
        language: language.map(|text| text.to_string()),
    })
}

fn reply(invited: Invited) -> InviteReply {
    let outcome = Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == invited.result);
    let is_invited = invited.expires_at.is_some();
    let message = match outcome {
        Some(Outcome::Offered) => "the customer is invited",
        Some(outcome) => outcome.message(),
        // Decided by a newer program.
        None => "",
    };
    InviteReply {
        invite_id: invited.id.to_string(),
        invited: is_invited,
        code: invited.result,
        message: message.to_owned(),
        expires_at: invited.expires_at,
        repeated: invited.is_repeat,
    }
}
