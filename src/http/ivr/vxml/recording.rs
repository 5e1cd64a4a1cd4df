//! `recording.vxml`: what the caller said, and goes where the server says.

use std::cell::Cell;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::FutureExt;

use crate::actors::survey_engine::{EndWish, Finish};
use crate::http::error::ApiError;
use crate::http::fields::Fields;
use crate::http::ivr;
use crate::http::state::Api;

use super::answer::{not_stored, stored};
use super::{ending, serve};

/// `recording.vxml`: stores a recording, sent as `multipart/form-data` with `response_id`, `question_id` and `recording`; the
/// document returns what that of `answer.vxml` does. With `end=hangup` the caller is gone: the response ends, and so does the document.
pub(in crate::http) async fn recording(
    request: HttpRequest,
    payload: Payload,
    api: Data<Api>,
) -> HttpResponse {
    let in_query = Fields::parse(request.query_string(), b"");
    let hung_up = Cell::new(in_query.is_ok_and(|fields| ended(&fields)));
    let work = async {
        let upload = ivr::unpack(&request, ivr::receive(&request, payload, &api).await?, &api).await?;
        hung_up.set(hung_up.get() || ended(&upload.fields));
        let response = ivr::response_id(&upload.fields)?;
        let given = ivr::give_recording(&api, upload).await;
        if hung_up.get() {
            // Whatever becomes of the recording, the call is over.
            let finish = Finish { response, wish: EndWish::ByAnswers };
            api.engine.ask(finish, api.settings.deadline).await??;
        }
        given.map(|turn| if hung_up.get() { ending::hung_up() } else { stored(&turn) })
    };
    let failed = |error: &ApiError| if hung_up.get() { ending::hung_up() } else { not_stored(error) };
    serve("recording.vxml", &api, ivr::upload_limit(&api), work.boxed_local(), failed).await
}

/// Whether the caller is gone.
fn ended(fields: &Fields) -> bool {
    fields.get(&["end"]) == Some("hangup")
}
