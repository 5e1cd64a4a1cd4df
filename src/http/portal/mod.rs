//! The portal: its pages, sign-in, and the API for people. Every route, on one page.

mod audit;
mod door;
mod error;
mod files;
mod me;
mod overview;
pub mod people;
mod session;
mod sign_in;
mod state;
mod system;
mod users;
mod words;

use std::sync::Arc;

use actix_web::guard::{Any, Get, Head};
use actix_web::web::{
    Data, JsonConfig, QueryConfig, ServiceConfig, delete, get, post, put, resource, route, scope,
};
use actix_web::{HttpRequest, HttpResponse};

use super::server::Pages;
use error::PortalError;

pub use state::{Portal, PortalParts, PortalSettings};

/// The pages of the application; each is the same document, whose script shows the page of its address.
const PAGES: [&str; 5] = ["/", "/system", "/users", "/audit", "/account"];

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
        .service(
            resource("/link/{token}").route(get().to(door::link_page)).route(post().to(door::set_password)),
        )
        .service(
            scope("/api/v1")
                .service(resource("/me").route(get().to(me::me)))
                .service(resource("/me/language").route(put().to(me::set_language)))
                .service(resource("/me/password").route(post().to(me::set_password)))
                .service(resource("/me/sign-out").route(post().to(me::sign_out)))
                .service(resource("/me/sessions").route(get().to(me::sessions)))
                .service(resource("/me/sessions/{id}").route(delete().to(me::end_session)))
                .service(resource("/overview").route(get().to(overview::overview)))
                .service(resource("/system").route(get().to(system::system)))
                .service(resource("/users").route(get().to(users::list)).route(post().to(users::add)))
                .service(resource("/users/{name}/reset").route(post().to(users::reset)))
                .service(resource("/users/{name}/lock").route(post().to(users::lock)))
                .service(resource("/users/{name}/unlock").route(post().to(users::unlock)))
                .service(resource("/users/{name}/role").route(put().to(users::set_role)))
                .service(resource("/audit").route(get().to(audit::list)))
                .default_service(route().to(no_such_call)),
        )
        .service(resource("/static/{file:.*}").route(route().guard(Any(Get()).or(Head())).to(files::file)));
    for page in PAGES {
        app.service(resource(page).route(route().guard(Any(Get()).or(Head())).to(files::application)));
    }
    app.default_service(route().to(files::no_such_page));
}

async fn no_such_call(_request: HttpRequest) -> Result<HttpResponse, PortalError> {
    Err(PortalError::nothing("there is nothing at this path of the API"))
}
