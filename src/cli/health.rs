//! `aftercall health`: asks a running server how it is, for people, service managers and keepalived.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::process::ExitCode;
use std::time::Duration;

use serde_json::Value;

use super::args::HealthArgs;
use super::engine::block_on;
use super::failure::{EXIT_PROBLEM, Failure, Outcome};
use super::output::say;
use crate::config::{Config, IvrApi};

/// How long the server may take to say how it is.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks, prints a line for the server and one for each of its parts; 0 when it is ready.
pub(super) fn run(args: &HealthArgs, config: &Config) -> Outcome {
    let base = args.url.clone().unwrap_or_else(|| own_url(&config.ivr_api));
    let url = format!("{}/health", base.trim_end_matches('/'));
    // Our own listener is asked by its address, which its certificate rarely names.
    let client =
        reqwest::Client::builder().timeout(PATIENCE).tls_danger_accept_invalid_certs(args.url.is_none());
    let client = client.build().map_err(|error| Failure::because("cannot set up a client", &error))?;
    let (status, body) = block_on(async {
        let reply = client.get(&url).send().await?;
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
    report["children"].as_array().into_iter().flatten().for_each(|child| say!("{}", line(child)));
    Ok(if status.is_success() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_PROBLEM) })
}

/// The URL of this machine's listener.
pub(super) fn own_url(api: &IvrApi) -> String {
    let mut address = api.listen;
    address.set_ip(match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    });
    format!("{}://{address}", if api.tls.is_some() { "https" } else { "http" })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_on_all_addresses_is_asked_on_the_loopback() {
        let mut api = Config::default().ivr_api;
        assert_eq!(own_url(&api), "http://127.0.0.1:8080");
        api.listen = "[::]:9".parse().unwrap();
        assert_eq!(own_url(&api), "http://[::1]:9");
        api.listen = "10.0.0.5:80".parse().unwrap();
        assert_eq!(own_url(&api), "http://10.0.0.5:80");
    }
}
