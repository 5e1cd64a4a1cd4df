//! `answer.vxml` and `complete.vxml`: what the document of a survey calls.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::FutureExt;

use crate::actors::survey_engine::{GiveAnswer, Turn};
use crate::http::error::ApiError;
use crate::http::fields::Fields;
use crate::http::ivr;
use crate::http::state::Api;

use super::ending::{self, pass_on_hangup};
use super::page::Page;
use super::serve;

/// What a subdialog gives back, in this order.
const RETURNED: &str = "result next state answers code again";

/// `answer.vxml`: stores an answer; the document returns `result` (`QUESTION`, `DONE` or `ERROR`), `next` (the key of the
/// question to ask), `state`, `answers`, `code`, and whether it may work to send the same `again`.
pub(in crate::http) async fn answer(request: HttpRequest, payload: Payload, api: Data<Api>) -> HttpResponse {
    let work = async {
        let fields = ivr::read(&request, payload, &api).await?;
        let turn = api.engine.ask(parse(&fields)?, api.settings.deadline).await??;
        Ok(stored(&turn))
    };
    serve("answer.vxml", &api, api.settings.deadline, work.boxed_local(), not_stored).await
}

fn parse(fields: &Fields) -> Result<GiveAnswer, ApiError> {
    let mut message = ivr::give_answer(fields)?;
    // Keys come as `1 0` from gateways that give the tokens of the grammar.
    message.value.retain(|c| !c.is_ascii_whitespace());
    Ok(message)
}

/// `complete.vxml`: the caller hung up, or the survey is to end for another reason.
pub(in crate::http) async fn complete(
    request: HttpRequest,
    payload: Payload,
    api: Data<Api>,
) -> HttpResponse {
    let work = async {
        let fields = ivr::read(&request, payload, &api).await?;
        api.engine.ask(ivr::finish(&fields)?, api.settings.deadline).await??;
        Ok(ending::hung_up())
    };
    serve("complete.vxml", &api, api.settings.deadline, work.boxed_local(), |_| ending::hung_up()).await
}

/// The document after something was stored.
pub(super) fn stored(turn: &Turn) -> String {
    let next = turn.next.and_then(|no| turn.version.graph.at(no));
    let next = next.map_or("", |question| question.key.as_str());
    let result = if next.is_empty() { "DONE" } else { "QUESTION" };
    returning(&[
        ("result", result),
        ("next", next),
        ("state", turn.state.as_str()),
        ("answers", &turn.results),
        ("code", ""),
        ("again", "false"),
    ])
}

/// The document when it was not.
pub(super) fn not_stored(error: &ApiError) -> String {
    let again = if error.retry_after().is_some() { "true" } else { "false" };
    returning(&[
        ("result", "ERROR"),
        ("next", ""),
        ("state", ""),
        ("answers", ""),
        ("code", error.code()),
        ("again", again),
    ])
}

fn returning(variables: &[(&str, &str)]) -> String {
    let mut page = Page::new(None);
    page.open("form", &[("id", "saved")]);
    for (name, text) in variables {
        page.variable(name, text);
    }
    // A caller who hangs up just now does so in here: the survey's own document has to know.
    page.open("catch", &[("event", "connection.disconnect")]);
    pass_on_hangup(&mut page);
    page.close("catch");
    page.open("block", &[]);
    page.empty("return", &[("namelist", RETURNED)]);
    page.close("block");
    page.close("form");
    page.finish()
}
