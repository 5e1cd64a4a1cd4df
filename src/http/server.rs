//! The server behind the listener: workers, limits, TLS.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::KeepAlive;
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use rustls::ServerConfig;

use super::routes::routes;
use super::state::Api;

/// How the listener serves.
#[derive(Clone)]
pub struct ServerSettings {
    /// Worker threads.
    pub workers: usize,
    /// Connections open at once, over all workers.
    pub max_connections: usize,
    /// How long an idle connection is kept.
    pub keep_alive: Duration,
    /// How long requests in flight may take when the server stops.
    pub drain: Duration,
    /// How long a client may take to send a request's head.
    pub head_within: Duration,
    /// TLS, unless plain.
    pub tls: Option<Arc<ServerConfig>>,
}

/// Builds the server on a listening socket; it runs when awaited.
pub fn make_server(
    api: &Data<Api>,
    socket: TcpListener,
    settings: &ServerSettings,
) -> std::io::Result<Server> {
    let api = api.clone();
    let server = HttpServer::new(move || App::new().app_data(api.clone()).configure(routes))
        .workers(settings.workers)
        .max_connections(settings.max_connections.div_ceil(settings.workers))
        .keep_alive(KeepAlive::Timeout(settings.keep_alive))
        .client_request_timeout(settings.head_within)
        .shutdown_timeout(settings.drain.as_secs())
        .disable_signals();
    let server = match &settings.tls {
        Some(tls) => server.listen_rustls_0_23(socket, ServerConfig::clone(tls))?,
        None => server.listen(socket)?,
    };
    Ok(server.run())
}
