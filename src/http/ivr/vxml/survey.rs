//! `survey.vxml`: the offer, and the whole survey as one document.

use std::cell::Cell;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::FutureExt;

use crate::actors::survey_engine::Offered;
use crate::http::error::ApiError;
use crate::http::ivr::{self, SurveyParams};
use crate::http::prompts::PromptLinks;
use crate::http::state::Api;

use super::document::{Addresses, Script};
use super::ending::{self, End, Returned};
use super::{Asked, serve};

/// The whole survey as VoiceXML
///
/// Makes the offer and returns a document that a VoiceXML 2.0 or 2.1 gateway runs without help: it asks, stores every answer as
/// it is given, tells the server when the caller hangs up, and gives `result` (`DONE`, `NONE` or `ERROR`), `response_id`,
/// `state`, `answers` (such as `4:5:-1`) and `code` back to the application that called it as a subdialog. As an application
/// of its own it exits. The status is 200 as long as the call can go on, since gateways throw other replies away.
#[utoipa::path(
    method(get, post), path = "/ivr/v1/survey.vxml", tag = "IVR", operation_id = "surveyVxml",
    params(SurveyParams, ("end" = Option<String>, Query, description = "What follows the survey: `return` to the \
        application that called it, `exit`, `disconnect` the call; `auto` (when left out) is `return` where there is such an \
        application, else `exit`.")),
    responses(
        (status = 200, description = "A document of VoiceXML 2.1, also when there is no survey or the server cannot serve now", content((String = "application/voicexml+xml"))),
        (status = "4XX", description = "The request cannot be served as it is; a document that returns `ERROR`", content((String = "application/voicexml+xml"))),
    ),
    security(("header" = []), ("basic" = []), ("query" = [])),
)]
pub(in crate::http) async fn survey_vxml(
    request: HttpRequest,
    payload: Payload,
    api: Data<Api>,
) -> HttpResponse {
    let end = Cell::default();
    let work = work(&request, payload, &api, &end);
    serve("survey.vxml", &api, api.settings.deadline, work.boxed_local(), |error| {
        let returned = Returned { result: "ERROR", code: error.code(), ..Returned::default() };
        ending::at_once(&returned, end.get())
    })
    .await
}

/// Notes in `end` how the document ends, as soon as it is known: that of a failure ends the same way.
async fn work(
    request: &HttpRequest,
    payload: Payload,
    api: &Api,
    end: &Cell<End>,
) -> Result<String, ApiError> {
    let fields = ivr::read(request, payload, api).await?;
    end.set(End::of(&fields)?);
    let asked = Asked::new(request, api, fields);
    let offer = ivr::offer(api, &asked.fields)?;
    Ok(match api.engine.ask(offer, api.settings.deadline).await?? {
        Offered::Survey(turn) => {
            let addresses = Addresses {
                answer: asked.address(api, "answer.vxml"),
                recording: asked.address(api, "recording.vxml"),
                complete: asked.address(api, "complete.vxml"),
            };
            let links = PromptLinks::of(api, request);
            Script::new(&turn, &links, &addresses, end.get()).write()
        }
        Offered::None { outcome, .. } => {
            let returned = Returned { result: "NONE", code: outcome.as_str(), ..Returned::default() };
            ending::at_once(&returned, end.get())
        }
    })
}
