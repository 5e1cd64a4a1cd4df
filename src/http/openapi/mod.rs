//! `/openapi.json`: the document of all endpoints, made from the code; what cannot be derived is put in by `Modify`.

mod bodies;
mod replies;

use actix_web::HttpResponse;
use actix_web::http::header::ContentType;
use actix_web::web::{Bytes, Data};
use utoipa::openapi::Server;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::prompts::{PromptList, PromptView};
use super::reply::Reply;
use super::state::Api;
use super::{chat, drill, health, invites, ivr, links, prometheus, prompts, recordings};
use bodies::PostBodies;
use replies::{ErrorExamples, FlatReply};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "aftercall",
        description = "Asks customers after a contact how it went. A script is one loop: call `survey`, ask what the reply says, \
                       send the digits to `answer`, until `result` is not `QUESTION`. Every call may be repeated: an answer is \
                       stored once. Replies come as JSON or XML, the same envelope for success and error.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "This server")),
    paths(
        ivr::survey, ivr::answer, ivr::answers, ivr::complete, ivr::survey_vxml, ivr::recording, recordings::play,
        chat::chat_open, chat::chat_answer, chat::chat_complete, chat::chat_result, chat::chat_conversation,
        invites::invite, links::link, prompts::by_id, prompts::by_name, prompts::list, prompts::one, prompts::put, prompts::remove,
        health::health, health::live, health::ready, prometheus::metrics, drill::crash, openapi_json,
    ),
    components(schemas(Reply, ivr::RecordingBody, PromptList, PromptView)),
    tags(
        (name = "IVR", description = "Surveys at the end of a call"),
        (name = "Chat", description = "Surveys in a chat"),
        (name = "Invites", description = "Surveys offered by text message after the contact"),
        (name = "Links", description = "Surveys answered on a page"),
        (name = "Prompts", description = "What callers hear"),
        (name = "Results", description = "What customers answered"),
        (name = "Operation", description = "Health, figures, drills"),
    ),
    modifiers(&Keys, &FlatReply, &PostBodies, &ErrorExamples),
)]
struct Document;

struct Keys;

impl Modify for Keys {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let Some(components) = document.components.as_mut() else { return };
        let header = ApiKeyValue::with_description("X-API-Key", "The usual way.");
        let header = SecurityScheme::ApiKey(ApiKey::Header(header));
        let query = "For scripts that can set no header; a server may be set up to refuse it.";
        let query = SecurityScheme::ApiKey(ApiKey::Query(ApiKeyValue::with_description("api_key", query)));
        let mut basic = Http::new(HttpAuthScheme::Basic);
        basic.description = Some("The key is the password; the name is not looked at.".to_owned());
        components.add_security_scheme("header", header);
        components.add_security_scheme("basic", SecurityScheme::Http(basic));
        components.add_security_scheme("query", query);
    }
}

/// The OpenAPI document of all endpoints.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// This document
#[utoipa::path(
    get, path = "/openapi.json", tag = "Operation", operation_id = "openapi",
    responses((status = 200, description = "The OpenAPI document", body = Object)),
)]
pub(super) async fn openapi_json(api: Data<Api>) -> HttpResponse {
    // Made once: it takes long enough that asking for it often would keep callers waiting.
    let document = api.openapi.get_or_init(|| {
        let mut document = openapi();
        if let Some(url) = &api.settings.public_url {
            document.servers = Some(vec![Server::new(url.as_str())]);
        }
        serde_json::to_vec(&document).map_or_else(|_| Bytes::new(), Bytes::from)
    });
    HttpResponse::Ok().content_type(ContentType::json()).body(document.clone())
}
