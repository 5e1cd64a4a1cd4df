//! The server behind the listener: workers, TLS, and limits on what one client can take.
//!
//! Put together from the parts of the HTTP library, because what the library offers as a whole leaves no room for
//! [`mod@line`] between socket and HTTP.

mod crowd;
mod line;

use std::future::ready;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{ConnectionType, HttpService, Protocol};
use actix_rt::net::TcpStream;
use actix_server::GracefulShutdownSignal;
use actix_service::{IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_tls::accept::TlsError;
use actix_tls::accept::rustls_0_23::{Acceptor, TlsStream};
use actix_web::dev::{AppConfig, Server};
use actix_web::http::KeepAlive;
use actix_web::web::ServiceConfig;
use actix_web::{App, Error};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use crowd::Crowd;
use line::Line;

/// Of a worker's connections, one in so many is kept free for those who come.
const RESERVE: usize = 8;
/// How long a client may take to notice that the connection is being closed.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);
/// The name of HTTP/2 in a TLS handshake.
const H2: &[u8] = b"h2";

/// What is served: puts data and routes into each worker's application.
pub type Pages = Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>;

/// How a listener serves.
#[derive(Clone)]
pub struct ServerSettings {
    /// What it is called, for the names of its threads.
    pub name: &'static str,
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
    /// Cancelled when clients are to come back over new connections: the node is about to stop, and another one takes its address.
    pub leaving: CancellationToken,
    /// TLS, unless plain.
    pub tls: Option<Arc<ServerConfig>>,
}

/// Builds the server on a listening socket; it runs when awaited.
pub fn make_server(pages: &Pages, socket: TcpListener, settings: &ServerSettings) -> std::io::Result<Server> {
    let address = socket.local_addr()?;
    let each = settings.max_connections.div_ceil(settings.workers);
    let builder = Server::build()
        .workers(settings.workers)
        .max_concurrent_connections(each)
        .shutdown_timeout(settings.drain.as_secs())
        .disable_signals();
    let stop = builder.graceful_shutdown_signal();
    let worker = Worker { pages: Arc::clone(pages), settings: settings.clone(), address, stop };
    let builder = match settings.tls.clone() {
        Some(tls) => {
            // Handshakes have a limit of time; a lower limit of number would let silent clients keep out the others.
            actix_tls::accept::max_concurrent_tls_connect(each);
            builder.listen(settings.name, socket, move || worker.over_tls(&tls))?
        }
        None => builder.listen(settings.name, socket, move || worker.over_tcp())?,
    };
    Ok(builder.run())
}

/// What each worker makes its services of.
#[derive(Clone)]
struct Worker {
    pages: Pages,
    settings: ServerSettings,
    address: SocketAddr,
    stop: GracefulShutdownSignal,
}

impl Worker {
    fn over_tcp(&self) -> impl ServiceFactory<TcpStream, Config = (), Response = (), InitError = ()> + use<> {
        let (crowd, head_within) = (self.crowd(), self.settings.head_within);
        let leaving = self.settings.leaving.clone();
        let connected = move |io: TcpStream| {
            let peer = quick(&io);
            let line = Line::new(io, &crowd, Some(head_within), &leaving);
            ready(Ok::<_, DispatchError>((line, Protocol::Http1, peer)))
        };
        fn_service(connected).and_then(self.http())
    }

    fn over_tls(
        &self,
        tls: &ServerConfig,
    ) -> impl ServiceFactory<TcpStream, Config = (), Response = (), InitError = ()> + use<> {
        let (crowd, head_within) = (self.crowd(), self.settings.head_within);
        let leaving = self.settings.leaving.clone();
        let mut tls = tls.clone();
        tls.alpn_protocols = vec![H2.to_vec(), b"http/1.1".to_vec()];
        let connected = move |io: TlsStream<TcpStream>| {
            let (socket, session) = io.get_ref();
            let peer = quick(socket);
            let (protocol, head_within) = match session.alpn_protocol() {
                Some(H2) => (Protocol::Http2, None),
                _ => (Protocol::Http1, Some(head_within)),
            };
            ready(Ok((Line::new(io, &crowd, head_within, &leaving), protocol, peer)))
        };
        Acceptor::new(tls)
            .map_err(TlsError::into_service_error)
            .and_then(connected)
            .and_then(self.http().map_err(TlsError::Service))
    }

    fn crowd(&self) -> Crowd {
        let each = self.settings.max_connections.div_ceil(self.settings.workers);
        Crowd::new(each - each.div_ceil(RESERVE).min(each - 1))
    }

    fn http<T: AsyncRead + AsyncWrite + Unpin + 'static>(
        &self,
    ) -> impl ServiceFactory<Connected<T>, Config = (), Response = (), Error = DispatchError, InitError = ()>
    + use<T> {
        let leaving = self.settings.leaving.clone();
        let pages = Arc::clone(&self.pages);
        let app = App::new().configure(move |app| pages(app)).wrap_fn(move |request, service| {
            let (leaving, reply) = (leaving.clone(), service.call(request));
            async move {
                let mut reply = reply.await?;
                if leaving.is_cancelled() {
                    reply.response_mut().head_mut().set_connection_type(ConnectionType::Close);
                }
                Ok(reply)
            }
        });
        let app = app.into_factory().map_err(|error: Error| error.error_response());
        let address = self.address;
        let stop = self.stop.clone();
        HttpService::build()
            .graceful_shutdown_signal(move || {
                let stop = stop.clone();
                async move { stop.notified().await }
            })
            .keep_alive(KeepAlive::Timeout(self.settings.keep_alive))
            .client_request_timeout(self.settings.head_within)
            .client_disconnect_timeout(CLOSE_WITHIN)
            .local_addr(address)
            .finish(map_config(app, |()| AppConfig::default()))
    }
}

/// A connection as the HTTP library takes it over.
type Connected<T> = (Line<T>, Protocol, Option<SocketAddr>);

/// Sends what is written at once, and says who the client is. Where that fails the connection is gone, as reading it will say.
fn quick(socket: &TcpStream) -> Option<SocketAddr> {
    let _ = socket.set_nodelay(true);
    socket.peer_addr().ok()
}
