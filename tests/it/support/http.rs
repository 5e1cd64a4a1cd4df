//! A tiny HTTP client: the site's key on every request, replies as JSON or text.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

/// Longer than the server's own deadline: a test says what is wrong, not a client's impatience.
const PATIENCE: Duration = Duration::from_secs(20);

/// A pool of connections to one server.
#[derive(Clone)]
pub struct Http {
    client: Client,
    base: String,
    key: String,
    patience: Duration,
}

/// A reply, read to its end.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Http {
    pub fn new(base: String, key: &str) -> Self {
        Self { client: client(PATIENCE), base, key: key.to_owned(), patience: PATIENCE }
    }

    /// The same with a pool of its own: connections belong to the runtime that made them.
    pub fn fresh(&self) -> Self {
        Self { client: client(self.patience), ..self.clone() }
    }

    /// The same with a client that gives up after so long.
    pub fn with_patience(&self, patience: Duration) -> Self {
        Self { client: client(patience), patience, ..self.clone() }
    }

    /// The same with another key.
    pub fn with_key(&self, key: &str) -> Self {
        Self { key: key.to_owned(), ..self.clone() }
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    pub fn key(&self) -> &str {
        &self.key
    }

    /// A request with the site's key.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).header("X-API-Key", &self.key)
    }

    /// A request without a key.
    pub fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    pub async fn get(&self, path: &str) -> Reply {
        read(self.request(Method::GET, path)).await.unwrap()
    }

    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Result<Reply, reqwest::Error> {
        read(self.request(Method::POST, path).form(fields)).await
    }

    /// Crashes a child on purpose; `false` while it cannot be crashed because it is down.
    pub async fn crash(&self, child: &str, kind: &str) -> bool {
        let path = format!("/drill/v1/crash?child={child}&kind={kind}");
        let reply = read(self.request(Method::POST, &path)).await;
        reply.is_ok_and(|reply| reply.status == 200)
    }

    /// Calls that the server has begun and not yet answered, as `/metrics` says.
    pub async fn in_flight(&self) -> usize {
        let Ok(reply) = read(self.bare(Method::GET, "/metrics")).await else { return 0 };
        let line =
            reply.body.lines().find_map(|line| line.strip_prefix("aftercall_http_requests_in_flight "));
        line.map_or(0, |figure| figure.parse().unwrap())
    }

    /// What `/health` says of a child.
    pub async fn child(&self, name: &str) -> Value {
        let Ok(reply) = read(self.bare(Method::GET, "/health")).await else { return Value::Null };
        let report = reply.json();
        let children = report["children"].as_array().cloned().unwrap_or_default();
        children.into_iter().find(|child| child["name"] == name).unwrap_or_default()
    }
}

/// Sends a request and reads the whole reply.
pub async fn read(request: RequestBuilder) -> Result<Reply, reqwest::Error> {
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.bytes().await?.to_vec();
    let body = String::from_utf8_lossy(&bytes).into_owned();
    Ok(Reply { status, headers, body, bytes })
}

/// A test's own server is asked by its address, which its certificate need not name.
fn client(patience: Duration) -> Client {
    // One provider per process; a second attempt changes nothing.
    drop(rustls::crypto::ring::default_provider().install_default());
    let builder = Client::builder().timeout(patience).no_proxy().redirect(reqwest::redirect::Policy::none());
    builder.tls_danger_accept_invalid_certs(true).build().unwrap()
}

impl Reply {
    /// The body, or null if it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// A member of the envelope as text, from JSON or XML; empty when it is not there.
    pub fn word(&self, name: &str) -> String {
        if self.body.starts_with('<') {
            let (open, close) = (format!("<{name}>"), format!("</{name}>"));
            let rest = self.body.split_once(&open).map_or("", |(_, rest)| rest);
            return rest.split_once(&close).map_or("", |(text, _)| text).to_owned();
        }
        match &self.json()[name] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}
