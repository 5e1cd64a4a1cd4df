//! `aftercall invite`: links to surveys, asked of a running server.

use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};

use super::args_invite::{InviteCommand, LinkArgs};
use super::client::Server;
use super::engine::block_on;
use super::failure::{Failure, Outcome};
use super::output::say;
use crate::config::Config;
use crate::telemetry::Chain;

/// How long the server may take: as long as the most patient of scripts.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn run(command: InviteCommand, config: &Config) -> Outcome {
    let InviteCommand::Link(args) = command;
    let server = Server::at(args.url.as_deref(), &config.ivr_api, PATIENCE)?;
    say!("{}", block_on(link(&server, &args))??);
    Ok(ExitCode::SUCCESS)
}

/// The address of a new link.
pub(super) async fn link(server: &Server, args: &LinkArgs) -> Result<String, Failure> {
    let body =
        json!({"service": args.service, "dn": args.dn, "lang": args.lang, "expires_hours": args.hours});
    let request = server.client.post(format!("{}/api/v1/links", server.url)).header("X-API-Key", &args.key);
    let told = async {
        let reply = request.json(&body).send().await?;
        Ok::<_, reqwest::Error>((reply.status(), reply.text().await?))
    };
    let (status, told) = told.await.map_err(|error| {
        let why = Chain(&error.without_url()).to_string();
        Failure::new(format!(
            "nothing answers at {}: `aftercall serve` starts it, --url says where it is ({why})",
            server.url
        ))
    })?;
    let told: Value = serde_json::from_str(&told).unwrap_or_default();
    match (told["url"].as_str(), told["message"].as_str()) {
        (Some(url), _) => Ok(url.to_owned()),
        (None, Some(message)) => Err(Failure::new(format!("there is no link: {message}"))),
        (None, None) => {
            Err(Failure::new(format!("{} answers {status}, which is not aftercall's way", server.url)))
        }
    }
}
