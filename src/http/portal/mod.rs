//! The portal: its pages, sign-in, and the API for people. Every route, on one page.

mod audio;
mod audit;
mod customers;
mod door;
mod error;
mod export;
mod files;
mod filter;
mod keys;
mod me;
mod messages;
mod oidc;
mod overview;
mod page;
pub mod people;
mod prompts;
mod report_files;
mod report_mails;
mod reports;
mod responses;
mod second_factor;
mod services;
mod session;
mod settings;
mod sign_in;
mod state;
mod surveys;
mod system;
mod system_events;
mod users;
mod views;
pub(in crate::http) mod words;

use std::sync::Arc;

use actix_web::guard::{Any, Get, Head, Options};
use actix_web::web::{
    Data, JsonConfig, QueryConfig, ServiceConfig, delete, get, post, put, resource, route, scope,
};
use actix_web::{HttpRequest, HttpResponse};

use super::server::Pages;
use error::PortalError;

pub use oidc::{SingleSignOn, SingleSignOnSettings};
pub use state::{Portal, PortalParts, PortalSettings};

/// The pages of the application; each is the same document, whose script shows the page of its address.
const PAGES: [&str; 17] = [
    "/",
    "/responses",
    "/responses/{id}",
    "/reports",
    "/reports/files",
    "/surveys",
    "/surveys/{key}",
    "/services",
    "/invites",
    "/prompts",
    "/customers",
    "/system",
    "/settings",
    "/users",
    "/keys",
    "/audit",
    "/account",
];

/// What the portal's listener serves.
pub fn people_pages(portal: Data<Portal>) -> Pages {
    Arc::new(move |app| {
        app.app_data(portal.clone())
            .app_data(JsonConfig::default().error_handler(|error, _| PortalError::malformed(&error).into()))
            .app_data(QueryConfig::default().error_handler(|error, _| PortalError::malformed(&error).into()));
        routes(app);
    })
}

fn routes(app: &mut ServiceConfig) {
    app.service(resource("/sign-in").route(get().to(door::sign_in_page)).route(post().to(door::sign_in)))
        .service(resource("/sign-in/oidc").route(get().to(oidc::begin)))
        .service(resource("/sign-in/oidc/callback").route(get().to(oidc::callback)))
        .service(
            resource("/link/{token}").route(get().to(door::link_page)).route(post().to(door::set_password)),
        )
        .service(
            scope("/api/v1")
                .configure(own_routes)
                .service(resource("/overview").route(get().to(overview::overview)))
                .configure(surveys_routes)
                .configure(responses_routes)
                .configure(messages_routes)
                .service(
                    resource("/services").route(get().to(services::list)).route(post().to(services::add)),
                )
                .service(resource("/services/nodes").route(get().to(services::nodes)))
                .service(resource("/services/{name}/survey").route(put().to(services::activate)))
                .service(resource("/services/{name}/pause").route(post().to(services::pause)))
                .service(resource("/services/{name}/resume").route(post().to(services::resume)))
                .service(resource("/prompts").route(get().to(prompts::list)))
                .service(
                    resource("/prompts/{language}/{name}")
                        .route(put().to(prompts::store))
                        .route(delete().to(prompts::remove)),
                )
                .service(resource("/prompts/{language}/{name}/speech").route(post().to(prompts::speech)))
                .service(resource("/audio/prompts/{id}").route(get().to(audio::prompt)))
                .service(resource("/audio/recordings/{id}").route(get().to(audio::recording)))
                .service(resource("/keys").route(get().to(keys::list)).route(post().to(keys::add)))
                .service(resource("/keys/{name}").route(delete().to(keys::revoke)))
                .service(resource("/settings").route(get().to(settings::list)))
                .service(resource("/system").route(get().to(system::system)))
                .service(resource("/system/events").route(get().to(system_events::events)))
                .service(resource("/users").route(get().to(users::list)).route(post().to(users::add)))
                .service(resource("/users/{name}/reset").route(post().to(users::reset)))
                .service(resource("/users/{name}/lock").route(post().to(users::lock)))
                .service(resource("/users/{name}/unlock").route(post().to(users::unlock)))
                .service(resource("/users/{name}/role").route(put().to(users::set_role)))
                .service(
                    resource("/users/{name}/remove-second-factor")
                        .route(post().to(users::remove_second_factor)),
                )
                .service(
                    resource("/users/{name}/forget-single-sign-on")
                        .route(post().to(users::forget_single_sign_on)),
                )
                .service(resource("/users/{name}/teams").route(put().to(users::set_teams)))
                .service(resource("/audit").route(get().to(audit::list)))
                .default_service(route().to(no_such_call)),
        )
        .service(resource("/static/{file:.*}").route(route().guard(Any(Get()).or(Head())).to(files::file)));
    customers_routes(app);
    for page in PAGES {
        app.service(resource(page).route(route().guard(Any(Get()).or(Head())).to(files::application)));
    }
    app.default_service(route().to(files::no_such_page));
}

/// What customers reach: the page of a link, and what the widget asks.
fn customers_routes(app: &mut ServiceConfig) {
    app.service(resource("/s/page.css").route(route().guard(Any(Get()).or(Head())).to(page::style))).service(
        resource("/s/{token}")
            .route(route().guard(Any(Get()).or(Head())).to(page::show))
            .route(post().to(page::take))
            .default_service(route().to(page::nowhere)),
    );
    app.service(
        resource("/w/widget.js").route(route().guard(Any(Get()).or(Head())).to(page::widget::script)),
    );
    app.service(
        resource("/w/{token}")
            .route(get().to(page::widget::look))
            .route(post().to(page::widget::take))
            .route(route().guard(Options()).to(page::widget::allow))
            .default_service(route().to(page::nowhere)),
    );
    // A link that was cut off, or that something was added to.
    app.service(resource(["/s", "/s/", "/s/{rest:.*}"]).route(route().to(page::nowhere)));
}

/// What everybody may do with the own account.
fn own_routes(api: &mut ServiceConfig) {
    api.service(resource("/me").route(get().to(me::me)))
        .service(resource("/me/language").route(put().to(me::set_language)))
        .service(resource("/me/password").route(post().to(me::set_password)))
        .service(resource("/me/second-factor/begin").route(post().to(second_factor::begin)))
        .service(
            resource("/me/second-factor")
                .route(post().to(second_factor::add))
                .route(delete().to(second_factor::remove)),
        )
        .service(resource("/me/sign-out").route(post().to(me::sign_out)))
        .service(resource("/me/sessions").route(get().to(me::sessions)))
        .service(resource("/me/sessions/{id}").route(delete().to(me::end_session)));
}

fn surveys_routes(api: &mut ServiceConfig) {
    api.service(resource("/survey-templates").route(get().to(surveys::templates)))
        .service(resource("/survey-messages").route(post().to(surveys::messages)))
        .service(resource("/survey-preview").route(post().to(surveys::preview)))
        .service(resource("/surveys").route(post().to(surveys::add)))
        .service(resource("/surveys/{key}").route(get().to(surveys::one)))
        .service(resource("/surveys/{key}/draft").route(put().to(surveys::save)))
        .service(resource("/surveys/{key}/publish").route(post().to(surveys::publish)))
        .service(resource("/surveys/{key}/versions/{number}").route(get().to(surveys::version)))
        .service(resource("/surveys/{key}/changes").route(get().to(surveys::changes)));
}

fn responses_routes(api: &mut ServiceConfig) {
    api.service(resource("/responses").route(get().to(responses::list)))
        .service(resource("/responses/{id}").route(get().to(responses::one)))
        .service(resource("/reports").route(get().to(reports::report)))
        .service(resource("/report-files").route(get().to(report_files::list)))
        .service(resource("/report-files/{name}").route(get().to(report_files::file)))
        .service(
            resource("/report-mails").route(get().to(report_mails::list)).route(post().to(report_mails::add)),
        )
        .service(
            resource("/report-mails/{id}")
                .route(put().to(report_mails::change))
                .route(delete().to(report_mails::remove)),
        )
        .service(resource("/export/responses.{form}").route(get().to(export::responses)))
        .service(resource("/export/report.{form}").route(get().to(export::report)))
        .service(resource("/facets").route(get().to(responses::facets)))
        .service(resource("/views").route(get().to(views::list)).route(post().to(views::put)))
        .service(resource("/views/{id}").route(delete().to(views::remove)))
        .service(resource("/customers/forget").route(post().to(customers::forget)))
        .service(resource("/customers/look-up").route(post().to(customers::look_up)));
}

fn messages_routes(api: &mut ServiceConfig) {
    api.service(resource("/invites").route(get().to(messages::invites)))
        .service(resource("/invite-list/check").route(post().to(messages::check)))
        .service(resource("/invite-list/send").route(post().to(messages::send)))
        .service(resource("/messages").route(get().to(messages::messages)))
        .service(resource("/messages/{id}/again").route(post().to(messages::again)))
        .service(resource("/messages/{id}/taken").route(post().to(messages::taken)))
        .service(resource("/opt-outs").route(get().to(messages::opt_outs)).route(post().to(messages::add)))
        .service(resource("/opt-outs/remove").route(post().to(messages::remove)))
        .service(resource("/sms-routes").route(get().to(messages::routes)))
        .service(resource("/sms-routes/{name}/test").route(post().to(messages::test)));
}

async fn no_such_call(_request: HttpRequest) -> Result<HttpResponse, PortalError> {
    Err(PortalError::nothing("there is nothing at this path of the API"))
}
