//! `aftercall health`: asks a running server how it is, for people, service managers and keepalived.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::Value;

use super::args::HealthArgs;
use super::client::Server;
use super::engine::block_on;
use super::failure::{EXIT_PROBLEM, Failure, Outcome};
use super::output::say;
use crate::config::Config;

/// How long the server may take to say how it is.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks, prints a line for the server and one for each of its parts; 0 when it is ready.
pub(super) fn run(args: &HealthArgs, config: &Config) -> Outcome {
    let server = Server::at(args.url.as_deref(), &config.ivr_api, PATIENCE)?;
    let url = format!("{}/health", server.url);
    let (status, body) = block_on(async {
        let reply = server.client.get(&url).send().await?;
        Ok::<_, reqwest::Error>((reply.status(), reply.text().await?))
    })?
    .map_err(|error| {
        Failure::because(
            format!("no answer from {url}: is the server running, and is ivr_api.listen the same here?"),
            &error.without_url(),
        )
    })?;
    let report: Value = serde_json::from_str(&body).unwrap_or(Value::Null);
    say!("{} {url} ({status})", report["status"].as_str().unwrap_or("unknown"));
    if let Some(spool) = report["spool"].as_object() {
        say!("{}", spool_line(&Value::Object(spool.clone())));
    }
    if report["vip"].is_object() {
        say!("{}", vip_line(&report["vip"]));
    }
    report["children"].as_array().into_iter().flatten().for_each(|child| say!("{}", line(child)));
    Ok(if status.is_success() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_PROBLEM) })
}

/// Whether the database is used, and what waits for it.
fn spool_line(spool: &Value) -> String {
    let mode = match spool["mode"].as_str() {
        Some("direct") => "the database is used",
        Some("returning") => "the database is back, what was spooled goes there first",
        _ => "the database is away, callers are served by this node alone",
    };
    let count = |name: &str| spool[name].as_u64().unwrap_or(0);
    let mut line = format!(
        "  {mode}: {} entries spooled ({} of {} bytes)",
        count("entries"),
        count("bytes"),
        count("bytes_max")
    );
    // Writing into a String cannot fail.
    if count("stranded") > 0 {
        let _ = write!(line, ", {} that the database did not take", count("stranded"));
    }
    if count("damaged") > 0 {
        let _ = write!(line, ", {} damaged files set aside", count("damaged"));
    }
    line
}

/// Where the virtual IP is, as this node sees it.
fn vip_line(vip: &Value) -> String {
    let addresses: Vec<&str> =
        vip["addresses"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let standing = match vip["standing"].as_str() {
        Some("holds") => "is here",
        Some("standby") => "is elsewhere, this node would take it",
        Some("unfit") => "is elsewhere, this node does not take it now",
        _ => "is elsewhere, this node could not take it",
    };
    let trouble = vip["trouble"].as_str().map(|trouble| format!(": {trouble}")).unwrap_or_default();
    format!("  the virtual IP {} {standing}{trouble}", addresses.join(", "))
}

fn line(child: &Value) -> String {
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or("?").to_owned();
    let restarts = match child["restarts"].as_u64() {
        None | Some(0) => String::new(),
        Some(n) => format!(", {n} restarts"),
    };
    let exit = match &child["last_exit"] {
        Value::Null => String::new(),
        Value::String(exit) => format!(", last exit: {exit}"),
        exit => format!(", last exit: {}: {}", text(exit, "cause"), text(exit, "text")),
    };
    format!("  {:<20} {}{restarts}{exit}", text(child, "name"), text(child, "state"))
}
