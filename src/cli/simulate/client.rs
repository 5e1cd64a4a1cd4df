//! The client of the IVR API that simulated callers use: repeats what may be repeated, like a careful script.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;

use crate::cli::client::Server;
use crate::cli::failure::Failure;
use crate::foundation::Secret;
use crate::telemetry::Chain;

/// How often a request is sent again after a refused connection, a time-out or "not now".
const TRIES: u32 = 8;
/// Wait before the first repeat; doubled each time.
const FIRST_WAIT: Duration = Duration::from_millis(25);
/// A script's own patience for one try: the read time-out of the common IVR client.
pub(in crate::cli) const PATIENCE: Duration = Duration::from_secs(5);

/// The parts of a reply a script needs.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Reply {
    pub(super) result: String,
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) response_id: Option<String>,
    pub(super) state: Option<String>,
    pub(super) question_id: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) min: Option<i64>,
    pub(super) max: Option<i64>,
    #[serde(default)]
    pub(super) choices: Vec<Choice>,
}

/// One of the choices of a question.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Choice {
    pub(super) choice_id: String,
}

/// A server and a key for it.
pub(in crate::cli) struct ApiClient {
    server: Server,
    key: Secret<String>,
    /// Why requests were sent again, and how often.
    repeats: RefCell<BTreeMap<String, u64>>,
}

impl ApiClient {
    /// A client that shows this key.
    pub(in crate::cli) fn new(server: Server, key: Secret<String>) -> Self {
        Self { server, key, repeats: RefCell::default() }
    }

    /// Fails with advice when nothing answers.
    pub(super) async fn reachable(&self) -> Result<(), Failure> {
        let sent = self.server.client.get(format!("{}/health/live", self.server.url)).send().await;
        sent.map(|_| ()).map_err(|e| {
            let advice = "is the server running? `aftercall serve` starts it, --url says where it is";
            Failure::new(format!("cannot reach {}: {}; {advice}", self.server.url, Chain(&e)))
        })
    }

    /// One call of the IVR API. The error is a sentence.
    pub(super) async fn call(&self, name: &str, fields: &[(&str, &str)]) -> Result<Reply, String> {
        let mut wait = FIRST_WAIT;
        let mut last = String::new();
        for _ in 0..TRIES {
            let request = self.server.client.post(format!("{}/ivr/v1/{name}.json", self.server.url));
            match request.header("X-API-Key", self.key.expose()).form(fields).send().await {
                Ok(response) if passing(response.status()) => {
                    self.repeats(response.status());
                    last = format!("{name}: HTTP {}", response.status());
                }
                Ok(response) => {
                    let status = response.status();
                    let reply: Reply =
                        response.json().await.map_err(|e| format!("{name}: HTTP {status}: {}", Chain(&e)))?;
                    if reply.result == "ERROR" {
                        let code = reply.code.unwrap_or_default();
                        return Err(format!("{name}: {code}: {}", reply.message.unwrap_or_default()));
                    }
                    return Ok(reply);
                }
                Err(error) => {
                    self.repeats(if error.is_timeout() { "no reply in time" } else { "broken connection" });
                    last = format!("{name}: {}", Chain(&error));
                }
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
        Err(last)
    }

    fn repeats(&self, why: impl fmt::Display) {
        *self.repeats.borrow_mut().entry(why.to_string()).or_default() += 1;
    }

    /// Why requests were sent again since the last call of this, and how often.
    pub(super) fn take_repeats(&self) -> BTreeMap<String, u64> {
        self.repeats.take()
    }

    /// Tells the server to crash a child.
    pub(super) async fn crash(&self, child: &str, kind: &str) -> Result<String, Failure> {
        let request = self
            .server
            .client
            .post(format!("{}/drill/v1/crash", self.server.url))
            .query(&[("child", child), ("kind", kind)]);
        let sent = request.header("X-API-Key", self.key.expose()).send().await;
        let response = sent.map_err(|e| Failure::because(format!("cannot reach {}", self.server.url), &e))?;
        let status = response.status();
        let reply: Reply =
            response.json().await.map_err(|e| Failure::because("the reply makes no sense", &e))?;
        let said = reply.message.unwrap_or_default();
        match status {
            StatusCode::OK => Ok(said),
            StatusCode::NOT_FOUND => {
                Err(Failure::new("crash drills are off: set drill.enabled = true and start anew"))
            }
            _ => Err(Failure::new(format!("the server refused: {said}"))),
        }
    }
}

/// Whether the same request may work in a moment.
fn passing(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS | StatusCode::BAD_GATEWAY
    )
}
