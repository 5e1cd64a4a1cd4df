//! `/demo/chat`: the chat of a made-up shop, for who tries the program. Stands for a chat engine of somebody else: what its server
//! would do over the API with a key is done here; its page shows the survey by the widget, from another origin. Only in the demo.

use actix_web::http::header;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::chat::{ChatOpenBody, ChatOpenReply, open_conversation, result_of};
use super::error::ApiError;
use super::json_call::{self, read_body};
use super::state::Api;
use super::watch::watch;
use crate::foundation::ResponseId;

const PAGE: &str = include_str!("../../static/demo/chat/page.html");
const STYLE: &str = include_str!("../../static/demo/chat/page.css");
const SCRIPT: &str = include_str!("../../static/demo/chat/page.js");
/// Largest body in bytes.
const BODY_MAX: usize = 4096;

/// What the page sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ended {
    lang: Option<String>,
}

#[derive(Serialize)]
struct Opened {
    conversation_id: String,
    #[serde(flatten)]
    reply: ChatOpenReply,
}

/// The page, its style and its script.
pub(super) async fn page(request: HttpRequest, api: Data<Api>) -> HttpResponse {
    let (Some(_), Some(links)) = (api.demo_chat.get(), api.links.get()) else { return nothing(&api) };
    let widget = links.url();
    // As strict as the policy of any site may be: the widget needs to be loaded and to ask, and nothing else.
    let policy = format!(
        "default-src 'none'; script-src 'self' {widget}; connect-src 'self' {widget}; style-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'"
    );
    let (kind, body) = match request.match_info().get("file").unwrap_or_default() {
        "" => ("text/html; charset=utf-8", PAGE.replace("{widget}", widget)),
        "page.css" => ("text/css; charset=utf-8", STYLE.to_owned()),
        "page.js" => ("text/javascript; charset=utf-8", SCRIPT.to_owned()),
        _ => return nothing(&api),
    };
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(body)
}

/// A chat ended: its survey is opened.
pub(super) async fn open(request: HttpRequest, payload: Payload, api: Data<Api>) -> HttpResponse {
    json_call::reply(
        watch("demo_chat", &api, api.settings.deadline, begin(&request, payload, &api)).await,
        &api,
    )
}

async fn begin(request: &HttpRequest, payload: Payload, api: &Api) -> Result<Opened, ApiError> {
    let service = api.demo_chat.get().ok_or_else(ApiError::no_such_path)?;
    let body = read_body(request, payload, BODY_MAX).await?;
    let ended: Ended =
        serde_json::from_slice(&body).map_err(|error| ApiError::malformed(error.to_string()))?;
    let conversation_id = ResponseId::new(api.clock.now(), &*api.chance).to_string();
    let about = ChatOpenBody {
        lang: ended.lang,
        agent_id: Some("2001".to_owned()),
        agent_name: Some("Ana".to_owned()),
        ..ChatOpenBody::new(service.clone(), conversation_id.clone())
    };
    let reply = open_conversation(request, api, about).await?;
    Ok(Opened { conversation_id, reply })
}

/// What was answered, for the agent's view.
pub(super) async fn result(request: HttpRequest, api: Data<Api>) -> HttpResponse {
    let found = async {
        let service = api.demo_chat.get().ok_or_else(ApiError::no_such_path)?;
        let conversation = request.match_info().get("conversation_id").unwrap_or_default();
        result_of(&request, &api, service, conversation).await
    };
    json_call::reply(watch("demo_chat", &api, api.settings.deadline, found).await, &api)
}

fn nothing(api: &Api) -> HttpResponse {
    json_call::reply::<()>(Err(ApiError::no_such_path()), api)
}
