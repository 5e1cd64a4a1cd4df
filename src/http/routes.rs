//! Every route of the machines' listener, on one page.

use std::sync::Arc;

use actix_web::guard::{Any, Get, Head};
use actix_web::web::{Data, ServiceConfig, delete, post, put, redirect, resource, route};
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Responder};

use super::error::ApiError;
use super::format::Format;
use super::server::Pages;
use super::state::Api;
use super::{
    chat, demo_chat, docs, drill, health, invites, ivr, links, openapi, prometheus, prompts, recordings,
    sms_callback,
};

/// What the machines' listener serves.
pub fn machines_pages(api: Data<Api>) -> Pages {
    Arc::new(move |app| {
        app.app_data(api.clone());
        routes(app);
    })
}

fn routes(app: &mut ServiceConfig) {
    // Answers are most of what comes, so they are looked for first.
    call(app, ["/ivr/v1/answer", "/ivr/v1/answer.json", "/ivr/v1/answer.xml"], &ivr::answer);
    call(app, ["/ivr/v1/answers", "/ivr/v1/answers.json", "/ivr/v1/answers.xml"], &ivr::answers);
    call(app, ["/ivr/v1/survey", "/ivr/v1/survey.json", "/ivr/v1/survey.xml"], &ivr::survey);
    call(app, ["/ivr/v1/complete", "/ivr/v1/complete.json", "/ivr/v1/complete.xml"], &ivr::complete);
    call(app, ["/ivr/v1/recording", "/ivr/v1/recording.json", "/ivr/v1/recording.xml"], &ivr::recording);
    app.service(read_only("/api/v1/recordings/{id}.wav", route().to(recordings::play)));
    app.service(read_only("/prompts/{id}.{form}.wav", route().to(prompts::by_id)))
        .service(read_only("/prompts/{language}/{name}.wav", route().to(prompts::by_name)))
        .service(read_only("/api/v1/prompts", route().to(prompts::list)))
        .service(one_prompt("/api/v1/prompts/{language}/{name}"));
    vxml(app, "/ivr/v1/answer.vxml", ivr::answer_vxml);
    vxml(app, "/ivr/v1/survey.vxml", ivr::survey_vxml);
    vxml(app, "/ivr/v1/recording.vxml", ivr::recording_vxml);
    vxml(app, "/ivr/v1/complete.vxml", ivr::complete_vxml);
    app.service(
        resource("/drill/v1/crash").route(post().to(drill::crash)).default_service(route().to(only_post)),
    )
    .service(resource("/api/v1/links").route(post().to(links::link)).default_service(route().to(only_post)))
    .service(
        resource("/api/v1/invites").route(post().to(invites::invite)).default_service(route().to(only_post)),
    )
    .service(
        resource("/chat/v1/responses")
            .route(post().to(chat::chat_open))
            .default_service(route().to(only_post)),
    )
    .service(read_only("/chat/v1/responses/{response_id}", route().to(chat::chat_result)))
    .service(
        resource("/chat/v1/responses/{response_id}/answers")
            .route(post().to(chat::chat_answer))
            .default_service(route().to(only_post)),
    )
    .service(
        resource("/chat/v1/responses/{response_id}/complete")
            .route(post().to(chat::chat_complete))
            .default_service(route().to(only_post)),
    )
    .service(read_only("/chat/v1/conversations/{conversation_id}", route().to(chat::chat_conversation)))
    .service(
        resource("/demo/chat/conversations")
            .route(post().to(demo_chat::open))
            .default_service(route().to(only_post)),
    )
    .service(read_only("/demo/chat/conversations/{conversation_id}", route().to(demo_chat::result)))
    .service(read_only("/demo/chat", route().to(demo_chat::page)))
    .service(read_only("/demo/chat/{file}", route().to(demo_chat::page)))
    .service(resource("/sms/v1/{route}/callback").route(route().to(sms_callback::callback)))
    .service(read_only("/health", route().to(health::health)))
    .service(read_only("/health/live", route().to(health::live)))
    .service(read_only("/health/ready", route().to(health::ready)))
    .service(read_only("/metrics", route().to(prometheus::metrics)))
    .service(read_only("/openapi.json", route().to(openapi::openapi_json)))
    .service(redirect("/docs", "/docs/"))
    .service(read_only("/docs/{file:[a-z0-9._-]*}", route().to(docs::page)))
    .default_service(route().to(nothing_here));
}

/// A call of a script, whatever its method: it answers a wrong one itself. One resource for each path: of a resource
/// with several, actix makes a regular expression, which costs more than comparing fifteen paths.
fn call<F, A>(app: &mut ServiceConfig, paths: [&'static str; 3], handler: &F)
where
    F: Handler<A>,
    F::Output: Responder + 'static,
    A: FromRequest + 'static,
{
    for path in paths {
        app.service(resource(path).route(route().to(handler.clone())));
    }
}

/// A document for a VoiceXML gateway, whatever the method.
fn vxml<F, A>(app: &mut ServiceConfig, path: &'static str, handler: F)
where
    F: Handler<A>,
    F::Output: Responder + 'static,
    A: FromRequest + 'static,
{
    app.service(resource(path).route(route().to(handler)));
}

/// A page; monitors that send HEAD get its head.
fn read_only(path: &'static str, read: actix_web::Route) -> actix_web::Resource {
    let read = read.guard(Any(Get()).or(Head()));
    resource(path).route(read).default_service(route().to(only_read))
}

/// A prompt as it is kept.
fn one_prompt(path: &'static str) -> actix_web::Resource {
    resource(path)
        .route(put().to(prompts::put))
        .route(delete().to(prompts::remove))
        .route(route().guard(Any(Get()).or(Head())).to(prompts::one))
        .default_service(route().to(only_a_prompts))
}

async fn only_a_prompts(api: Data<Api>) -> HttpResponse {
    ivr::render_error(&ApiError::wrong_method(prompts::METHODS), Format::Json, &api)
}

/// A script with a misspelt address is told in the way it asked for.
async fn nothing_here(request: HttpRequest, api: Data<Api>) -> HttpResponse {
    ivr::conclude(&request, Err(ApiError::no_such_path()), Format::of_head(&request), &api)
}

async fn only_read(request: HttpRequest, api: Data<Api>) -> HttpResponse {
    ivr::render_error(&ApiError::wrong_method("GET, HEAD"), Format::of_head(&request), &api)
}

async fn only_post(request: HttpRequest, api: Data<Api>) -> HttpResponse {
    ivr::render_error(&ApiError::wrong_method("POST"), Format::of_head(&request), &api)
}
