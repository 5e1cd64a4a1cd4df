//! The mail server: it answers, encrypts, lets this node in; and what its letters lead to.

use super::super::engine::block_on;
use super::super::mail::server;
use super::Finding;
use crate::config::Config;
use crate::foundation::{MailSettings, MailTls};

const WHAT: &str = "mail server";

/// All of it; nothing without a mail server.
pub(super) fn look(config: &Config) -> Vec<Finding> {
    let Some(settings) = &config.mail else { return Vec::new() };
    let mut findings = vec![answers(settings)];
    if settings.tls == MailTls::Off && !is_here(&settings.host) {
        findings.push(Finding::warn(WHAT, "reports cross the network as they are; set mail.tls"));
    }
    if config.portal.public_url.is_none() {
        findings.push(Finding::warn(
            WHAT,
            "links in mails lead to this machine by its own name; set portal.public_url to how people reach the portal",
        ));
    }
    findings
}

fn answers(settings: &MailSettings) -> Finding {
    let server = match server(settings) {
        Ok(server) => server,
        Err(failure) => return Finding::fail(WHAT, failure),
    };
    match block_on(server.look()) {
        Ok(Ok(())) => {
            Finding::ok(WHAT, format!("{} answers; `aftercall mail test` sends a letter", server.place()))
        }
        Ok(Err(error)) => Finding::fail(WHAT, error),
        Err(failure) => Finding::fail(WHAT, failure),
    }
}

fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
