//! `survey`: a call asks whether there is a survey for it.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use utoipa::IntoParams;

use crate::actors::survey_engine::{Offer, Offered};
use crate::domain::contact::{CallFacts, Channel};
use crate::foundation::{BoundedText, Chance, Clock, ResponseId};
use crate::http::error::ApiError;
use crate::http::fields::Fields;
use crate::http::prompts::PromptLinks;
use crate::http::reply::Reply;
use crate::http::state::Api;

use super::{serve, view};

/// The parameters of `survey`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters for the OpenAPI document; they are read by their aliases"
)]
pub(in crate::http) struct SurveyParams {
    /// The dialled number, by which the service is found. Also `dnis`.
    #[param(example = "5002", max_length = 40)]
    dn: Option<String>,
    /// The service by its name, when there is no dialled number.
    #[param(max_length = 100)]
    service: Option<String>,
    /// The caller's number. Also `customer`. Needed for a cool-down.
    #[param(max_length = 40)]
    ani: Option<String>,
    /// The call's id. A repeated ask for the same call gets the same response. Also `contact_id`.
    #[param(max_length = 100)]
    call_id: Option<String>,
    /// The agent's login id.
    #[param(max_length = 40)]
    agent_id: Option<String>,
    /// The agent's name.
    #[param(max_length = 100)]
    agent_name: Option<String>,
    /// The agent's team.
    #[param(max_length = 100)]
    team: Option<String>,
    /// The queue, CSQ or skill group. Also `csq`.
    #[param(max_length = 100)]
    queue: Option<String>,
    /// The language wished for, such as `es` or `ar-EG`; the survey's first language otherwise. Also `language`.
    #[param(max_length = 35)]
    lang: Option<String>,
    /// `json` or `xml`, instead of a suffix or the Accept header.
    format: Option<String>,
}

/// Is there a survey for this call?
///
/// Offers a response and returns the first question, or `NONE` with the reason. `survey.json` and `survey.xml` choose the
/// form of the reply. Parameters may come in the query, a form, a JSON object or a flat XML document.
#[utoipa::path(
    method(get, post), path = "/ivr/v1/survey", tag = "IVR", operation_id = "survey", params(SurveyParams),
    responses(
        (status = 200, description = "`QUESTION` to ask, or `NONE`", content((Reply = "application/json"), (Reply = "application/xml"))),
        (status = "4XX", description = "The request cannot be served as it is", content((Reply = "application/json"), (Reply = "application/xml"))),
        (status = 503, description = "Not now: send the same request again", content((Reply = "application/json"), (Reply = "application/xml"))),
        (status = 507, description = "The database is away and this node can keep no more: ask the other node", content((Reply = "application/json"), (Reply = "application/xml"))),
    ),
    security(("header" = []), ("basic" = []), ("query" = [])),
)]
pub(in crate::http) async fn survey(request: HttpRequest, payload: Payload, api: Data<Api>) -> HttpResponse {
    serve("survey", request, payload, api, work).await
}

fn work<'a>(
    api: &'a Api,
    request: &'a HttpRequest,
    fields: &'a Fields,
) -> LocalBoxFuture<'a, Result<Reply, ApiError>> {
    async move {
        let offered = api.engine.ask(offer(api, fields)?, api.settings.deadline).await??;
        Ok(match offered {
            Offered::Survey(turn) => view::begun(&turn, &PromptLinks::of(api, request)),
            Offered::None { offer, outcome } => view::not_asked(offer, outcome),
        })
    }
    .boxed_local()
}

/// The ask that a script with these parameters in its query makes; for those who try what it would get.
pub fn offer_of(query: &str, clock: &dyn Clock, chance: &dyn Chance) -> Result<Offer, ApiError> {
    parse(clock, chance, &Fields::parse(query, b"")?)
}

/// The parameters of `survey`.
pub(super) fn offer(api: &Api, fields: &Fields) -> Result<Offer, ApiError> {
    parse(&*api.clock, &*api.chance, fields)
}

fn parse(clock: &dyn Clock, chance: &dyn Chance, fields: &Fields) -> Result<Offer, ApiError> {
    let facts = CallFacts {
        dn: bounded(fields, "dn", &["dn", "dnis", "dialednumber", "diallednumber"])?,
        customer: bounded(fields, "ani", &["ani", "customer", "callingnumber", "callernumber"])?,
        call_id: bounded(fields, "call_id", &["callid", "contactid"])?,
        agent_id: bounded(fields, "agent_id", &["agentid", "agent"])?,
        agent_name: bounded(fields, "agent_name", &["agentname"])?,
        team: bounded(fields, "team", &["team", "teamname"])?,
        queue: bounded(fields, "queue", &["queue", "csq", "queuename", "skillgroup"])?,
    };
    let service: Option<BoundedText<100>> = bounded(fields, "service", &["service", "servicename"])?;
    let language: Option<BoundedText<35>> = bounded(fields, "lang", &["lang", "language", "locale"])?;
    Ok(Offer {
        id: ResponseId::new(clock.now(), chance),
        draw: chance.fraction(),
        seed: i64::from_ne_bytes(chance.bits().to_ne_bytes()),
        facts,
        service: service.map(|s| s.to_string()),
        channel: Channel::Voice,
        language: language.map(|l| l.to_string()),
    })
}

fn bounded<const MAX: usize>(
    fields: &Fields,
    name: &str,
    aliases: &[&str],
) -> Result<Option<BoundedText<MAX>>, ApiError> {
    let Some(text) = fields.get(aliases) else { return Ok(None) };
    BoundedText::parse(text).map_err(|e| ApiError::text(name, &e))
}
