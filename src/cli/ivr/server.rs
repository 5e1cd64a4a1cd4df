//! The running server as a script meets it: whether it is there, and whether it lets a key in.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

use super::{Check, Verdict};
use crate::cli::client::Server;
use crate::config::Config;
use crate::storage::{KeyScope, KeyStore, StorageError};
use crate::telemetry::Chain;

/// How long the server may take: as long as the most patient of scripts.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Whether a server is ready there.
pub(super) async fn ready(server: &Server) -> Check {
    let url = &server.url;
    let sent = server.client.get(format!("{url}/health/ready")).send().await;
    match sent {
        Ok(reply) if reply.status().is_success() => Check::ok("server", format!("{url} is ready")),
        Ok(reply) if reply.status() == StatusCode::SERVICE_UNAVAILABLE => Check::no(
            "server",
            format!("{url} runs but is not ready: `aftercall health` says which part is not"),
        ),
        Ok(reply) => {
            let status = reply.status();
            Check::no(
                "server",
                format!("{url} answers {status}: another program? --url says where aftercall is"),
            )
        }
        Err(error) => Check::no(
            "server",
            format!(
                "nothing answers at {url}: `aftercall serve` starts it, --url says where it is ({})",
                Chain(&error.without_url())
            ),
        ),
    }
}

/// Whether a script gets in: with the key given, else whether there is any key it could use.
pub(super) async fn key(
    server: Option<&Server>,
    given: Option<&str>,
    keys: &dyn KeyStore,
    config: &Config,
) -> Result<Check, StorageError> {
    match (server, given) {
        (Some(server), Some(key)) => Ok(tried(server, key).await),
        (None, Some(_)) => Ok(Check::new(Verdict::Skipped, "key", "not tried, because no server is ready")),
        (_, None) => known(keys, config).await,
    }
}

async fn known(keys: &dyn KeyStore, config: &Config) -> Result<Check, StorageError> {
    let rows = keys.keys().await?;
    let valid = rows.iter().filter(|row| row.revoked_at.is_none() && row.scopes.contains(&KeyScope::Ivr));
    let mut names: Vec<&str> = valid.map(|row| row.name.as_str()).collect();
    if config.ivr_api.static_key.is_some() {
        names.push("ivr_api.static_key");
    }
    Ok(if names.is_empty() {
        Check::no("key", "there is no key of scope ivr: `aftercall apikey create NAME --scope ivr` makes one")
    } else {
        Check::ok("key", format!("of scope ivr there are: {}; --key tries one", names.join(", ")))
    })
}

/// An answer without a response changes nothing, and is refused as such only to a key that may give answers.
async fn tried(server: &Server, key: &str) -> Check {
    let request = server.client.get(format!("{}/ivr/v1/answer.json", server.url)).header("X-API-Key", key);
    let outcome = async {
        let reply = request.send().await?;
        Ok::<_, reqwest::Error>((reply.status(), reply.text().await?))
    };
    let (status, body) = match outcome.await {
        Ok(outcome) => outcome,
        Err(error) => {
            return Check::no("key", format!("could not be tried: {}", Chain(&error.without_url())));
        }
    };
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    let message = body["message"].as_str().unwrap_or_default();
    match body["code"].as_str() {
        Some("missing_parameter") => Check::ok("key", "the server takes it"),
        Some("wrong_scope") => Check::no(
            "key",
            format!("{message}: `aftercall apikey create NAME --scope ivr` makes one that has"),
        ),
        Some("unknown_key") => Check::no("key", format!("the server refuses it: {message}")),
        Some(code) => Check::no("key", format!("the server says {code}: {message}")),
        None => Check::no("key", format!("the server answers {status}, which is not aftercall's way")),
    }
}
