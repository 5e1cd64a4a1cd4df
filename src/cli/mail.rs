//! `aftercall mail`: whether the mail server takes what is sent.

use std::process::ExitCode;

use super::args_mail::MailCommand;
use super::engine::block_on;
use super::failure::{Failure, Outcome};
use super::output::say;
use crate::config::Config;
use crate::foundation::{Clock, SystemChance, SystemClock, WriteId};
use crate::outbound::mail::{Letter, MailServer, is_address};

/// Sends a letter, and says how that went.
pub(super) fn run(command: MailCommand, config: &Config) -> Outcome {
    let MailCommand::Test { address } = command;
    if !is_address(&address) {
        return Err(Failure::usage(format!("`{address}` is no address; write it as name@example.com")));
    }
    let settings = config.mail.clone().ok_or_else(|| {
        Failure::new(
            "there is no mail server: set mail.host and mail.from, and what else [mail] has".to_owned(),
        )
    })?;
    let server = server(&settings)?;
    let (place, from) = (server.place(), &settings.from);
    let now = SystemClock::new().now();
    let words = format!(
        "This is a test of aftercall on {}: its mail server {place} took it. Reports can be sent by mail.",
        config.node.name
    );
    let letter = Letter {
        id: WriteId::new(now, &SystemChance).to_string(),
        to: vec![address.clone()],
        subject: "A test of aftercall".to_owned(),
        html: format!(
            "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><p>{}</p></html>",
            escaped(&words)
        ),
        text: words,
        enclosure: None,
    };
    block_on(server.send(&letter, now, true))?.map_err(|error| Failure::new(error.to_string()))?;
    say!("the mail server {place} took a letter from {from} to {address}; look whether it arrives");
    Ok(ExitCode::SUCCESS)
}

/// The mail server of these settings.
pub(super) fn server(settings: &crate::foundation::MailSettings) -> Result<MailServer, Failure> {
    MailServer::new(settings.clone()).map_err(|error| Failure::new(error.to_string()))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
