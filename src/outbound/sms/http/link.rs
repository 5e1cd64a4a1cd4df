//! The line to a gateway that is spoken to over HTTP.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use reqwest::header::{DATE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, Method, Proxy, RequestBuilder, Response, Url};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};
use tower::limit::ConcurrencyLimitLayer;

use super::answer::{self, Answer, retry_after};
use super::failure;
use super::filled::Filled;
use super::scrub::Scrub;
use crate::foundation::sms::http::{HttpEscape, HttpMethod, HttpPlace, HttpValues};
use crate::foundation::{Clock, HttpGateway, SmsRoute};
use crate::outbound::sms::{Gateway, LineState, Submission, Verdict};

/// Bytes of an answer that are read at most: those of gateways have some hundred.
const ANSWER_LONGEST: usize = 64 * 1024;

/// Connections that are made at once. A gateway with a short queue for new ones drops what comes in a burst, and what is dropped
/// is tried again after a second at the soonest.
const CONNECTING: usize = 1;

/// Why there can be no line.
#[derive(Debug, thiserror::Error)]
pub enum HttpLinkError {
    /// The file of authorities.
    #[error("cannot read http.ca_file {}: {why}", path.display())]
    Authorities {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Nothing can be asked.
    #[error(
        "nothing can be asked over HTTP; has this machine certificates of authorities (package ca-certificates)?"
    )]
    NoClient(#[source] reqwest::Error),
}

/// How a line is, for people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HttpLinkState {
    /// When the gateway last took a message.
    pub last_taken: Option<DateTime<Utc>>,
    /// When something last went wrong that is not of a message's own making, and what.
    pub last_failure: Option<(DateTime<Utc>, String)>,
    /// Messages under way: as many connections are in use.
    pub under_way: usize,
    /// Messages that can be under way at once, and connections that are kept.
    pub window: u16,
}

/// The line to a gateway. Its connections belong to the runtime in which it is first used: each thread makes its own.
pub struct HttpLink {
    route: SmsRoute,
    gateway: HttpGateway,
    client: Client,
    clock: Arc<dyn Clock>,
    turns: Semaphore,
    is_closed: AtomicBool,
    state: Mutex<HttpLinkState>,
}

impl HttpLink {
    /// A line to this gateway; nothing is connected before there is something to send.
    pub fn new(route: &SmsRoute, gateway: HttpGateway, clock: Arc<dyn Clock>) -> Result<Self, HttpLinkError> {
        let client = client(route, &gateway)?.build().map_err(HttpLinkError::NoClient)?;
        Ok(Self {
            route: route.clone(),
            gateway,
            client,
            clock,
            turns: Semaphore::new(usize::from(route.window)),
            is_closed: AtomicBool::new(false),
            state: Mutex::new(HttpLinkState { window: route.window, ..HttpLinkState::default() }),
        })
    }

    /// Hands a message over, all its parts in order, and says what became of it within the route's time limit.
    pub async fn submit(&self, submission: Submission) -> Verdict {
        let deadline = Instant::now() + self.route.timeout;
        let not_now = |why: &str| Verdict::NotNow { why: why.to_owned(), wait: None };
        let Ok(Ok(_turn)) = timeout_at(deadline, self.turns.acquire()).await else {
            return not_now("as many messages as the route's window are under way");
        };
        if self.is_closed.load(Ordering::Acquire) {
            return not_now("the line is closed");
        }
        let verdict = self.hand_over(&submission, deadline).await;
        self.note(&verdict);
        verdict
    }

    /// Whether the gateway's host can be reached, and shows a certificate that holds: asks it for the head of its first page,
    /// without any login. What it answers says nothing of messages. Its name, or why not.
    pub async fn look(&self) -> Result<String, String> {
        let url = self.gateway.request.url.render(&Nobody, HttpEscape::Url);
        let mut url = Url::parse(&url).map_err(|error| error.to_string())?;
        url.set_path("/");
        url.set_query(None);
        let host = url.origin().ascii_serialization();
        match self.client.head(url).timeout(self.route.timeout).send().await {
            Ok(_) => Ok(host),
            Err(error) => Err(format!("{host} does not answer: {}", failure::causes(&error.without_url()))),
        }
    }

    /// How it is, for people.
    pub fn state(&self) -> HttpLinkState {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner).clone();
        state.under_way = usize::from(self.route.window).saturating_sub(self.turns.available_permits());
        state
    }

    /// All requests of a message. What comes after the first is sent only if those before were taken: what is told is of the whole
    /// message, and a phone puts the parts of a second try together with those of the first, by their reference.
    async fn hand_over(&self, submission: &Submission, deadline: Instant) -> Verdict {
        let scrub = Scrub::new(submission, &self.gateway.password);
        let names = (self.route.name.as_str(), self.route.receipts);
        let mut ids = Vec::new();
        for filled in Filled::all(&self.gateway, submission, names, self.clock.now()) {
            let left = deadline.saturating_duration_since(Instant::now());
            let sent = self.request(&filled).timeout(left).send().await;
            let verdict = match sent {
                Err(error) => failure::verdict(error, &scrub),
                Ok(response) => {
                    let answer = self.answer(response).await;
                    answer::verdict(&self.gateway.answer, &answer, filled.key(), &scrub)
                }
            };
            match verdict {
                Verdict::Accepted(more) => ids.extend(more),
                other => return other,
            }
        }
        Verdict::Accepted(ids)
    }

    fn request(&self, filled: &Filled<'_>) -> RequestBuilder {
        let request = self.gateway.request.render(filled);
        let method = match self.gateway.request.method {
            HttpMethod::Get => Method::GET,
            HttpMethod::Post => Method::POST,
            HttpMethod::Put => Method::PUT,
        };
        let mut builder = self.client.request(method, &request.url);
        if self.gateway.basic_auth {
            let password = self.gateway.password.expose();
            builder = builder.basic_auth(&self.gateway.username, Some(password));
        }
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        if let Some(content_type) = request.content_type {
            builder = builder.header(reqwest::header::CONTENT_TYPE, content_type).body(request.body);
        }
        builder
    }

    /// Reads an answer; what is wrong with its body leaves its status.
    async fn answer(&self, mut response: Response) -> Answer {
        let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let wait = text(RETRY_AFTER).and_then(|value| retry_after(value, text(DATE), self.clock.now()));
        let status = response.status().as_u16();
        let mut body = Vec::new();
        let whole = loop {
            match response.chunk().await {
                Ok(None) => break true,
                Ok(Some(more)) if body.len() + more.len() <= ANSWER_LONGEST => body.extend_from_slice(&more),
                Ok(Some(_)) | Err(_) => break false,
            }
        };
        let body = whole.then(|| String::from_utf8_lossy(&body).into_owned());
        Answer { status, wait, body }
    }

    fn note(&self, verdict: &Verdict) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        match verdict {
            Verdict::Accepted(_) => state.last_taken = Some(now),
            Verdict::Refused { .. } => {}
            Verdict::Throttled { why, .. }
            | Verdict::NotNow { why, .. }
            | Verdict::RouteDown { why }
            | Verdict::Unknown { why } => state.last_failure = Some((now, why.clone())),
        }
    }
}

/// Fills nothing in.
struct Nobody;

impl HttpValues for Nobody {
    fn value(&self, _: HttpPlace) -> Vec<u8> {
        Vec::new()
    }
}

fn client(route: &SmsRoute, gateway: &HttpGateway) -> Result<ClientBuilder, HttpLinkError> {
    let mut builder = Client::builder()
        .user_agent(concat!("aftercall/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(gateway.connect_timeout)
        .connector_layer(ConcurrencyLimitLayer::new(CONNECTING))
        .redirect(Policy::none())
        // Whether something is sent again is decided where it is written down.
        .retry(reqwest::retry::never())
        .tcp_nodelay(true)
        // What the environment says of proxies is about browsers and package managers.
        .no_proxy()
        .pool_idle_timeout(gateway.idle)
        .pool_max_idle_per_host(if gateway.idle.is_zero() { 0 } else { usize::from(route.window) });
    if let Some(proxy) = &gateway.proxy {
        builder = builder.proxy(Proxy::all(proxy).map_err(HttpLinkError::NoClient)?);
    }
    if let Some(path) = &gateway.ca_file {
        let unreadable = |why: String| HttpLinkError::Authorities { path: path.clone(), why };
        let text = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
        let certificates =
            Certificate::from_pem_bundle(&text).map_err(|error| unreadable(error.to_string()))?;
        if certificates.is_empty() {
            return Err(unreadable("it holds no certificate".to_owned()));
        }
        builder = builder.tls_certs_only(certificates);
    } else if gateway.request.url.beginning().starts_with("http://") && gateway.proxy.is_none() {
        // No authority vouches for it, and a machine without any can still speak to it.
        builder = builder.tls_certs_only([]);
    }
    Ok(builder)
}

impl Gateway for HttpLink {
    fn submit(&self, submission: Submission) -> LocalBoxFuture<'_, Verdict> {
        Self::submit(self, submission).boxed_local()
    }

    /// There is no session that could be down: whether the gateway answers shows with each message.
    fn line(&self) -> LineState {
        if self.is_closed.load(Ordering::Acquire) {
            return LineState::Waiting("the line is closed".to_owned());
        }
        LineState::Up
    }

    fn close(&self, within: Duration) -> LocalBoxFuture<'_, ()> {
        async move {
            self.is_closed.store(true, Ordering::Release);
            let all = u32::from(self.route.window);
            drop(timeout(within, self.turns.acquire_many(all)).await);
        }
        .boxed_local()
    }
}

impl std::fmt::Debug for HttpLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let login = self.gateway.request.has(HttpPlace::Username);
        write!(f, "HttpLink({}, {}, login: {login})", self.route.name, self.gateway.preset)
    }
}
