//! `/chat/v1`: surveys in a chat, for the engine that runs it: a response is opened for a conversation, asked question by question,
//! ended, and looked at.

mod answer;
mod open;
mod result;
mod view;

use actix_web::HttpRequest;

use super::error::ApiError;
use super::state::Api;
use crate::actors::survey_engine::{EngineError, Look, Seen};
use crate::domain::contact::Channel;
use crate::foundation::ResponseId;

pub(super) use answer::{__path_chat_answer, __path_chat_complete, chat_answer, chat_complete};
pub(super) use open::{__path_chat_open, ChatOpenBody, ChatOpenReply, chat_open, open_conversation};
pub(super) use result::{
    __path_chat_conversation, __path_chat_result, chat_conversation, chat_result, result_of,
};
pub(in crate::http) use view::{AskedQuestion, asked_question};

/// The response that a request's path names.
fn response_in(request: &HttpRequest) -> Result<ResponseId, ApiError> {
    let text = request.match_info().get("response_id").unwrap_or_default();
    text.parse().map_err(|error| ApiError::parameter("response_id", error))
}

/// A response of a chat as it stands. Others are not there for a chat engine.
async fn look(api: &Api, response: ResponseId) -> Result<Seen, ApiError> {
    let seen = api.engine.ask(Look { response }, api.settings.deadline).await??;
    match seen.turn.channel {
        Channel::Chat | Channel::Web => Ok(seen),
        Channel::Voice | Channel::Sms => Err(EngineError::UnknownResponse(response).into()),
    }
}
