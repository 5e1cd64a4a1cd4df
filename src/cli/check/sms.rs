//! Text messages: the routes that were read, and whether their gateways answer.

use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;

use super::super::engine::block_on;
use super::Finding;
use crate::config::Config;
use crate::domain::sms::Region;
use crate::foundation::sms::http::HttpGateway;
use crate::foundation::{ConfiguredRoute, RouteGateway, SmppGateway, SmsRoute, SmsSettings, SystemClock};
use crate::outbound::sms::http::HttpLink;
use crate::telemetry::Chain;

const WHAT: &str = "text messages";

/// All of it; nothing where no messages are sent. What is wrong in the routes' files was said with the rest of the configuration.
pub(super) fn look(config: &Config) -> Vec<Finding> {
    let settings = &config.sms;
    if settings.routes.is_empty() {
        return Vec::new();
    }
    let mut findings: Vec<Finding> = settings.routes.iter().map(route).collect();
    findings.extend(region(settings));
    if settings.short_link.is_none() && config.portal.public_url.is_none() {
        findings.push(Finding::warn(
            WHAT,
            "links in messages lead to this machine by its own name; set sms.short_link, or portal.public_url",
        ));
    }
    findings
}

fn region(settings: &SmsSettings) -> Option<Finding> {
    let code = settings.default_region.as_deref()?;
    let why =
        format!("sms.default_region is {code}, which is no country: set its ISO 3166-1 code, such as ES");
    Region::parse(code).is_none().then(|| Finding::fail(WHAT, why))
}

fn route(configured: &ConfiguredRoute) -> Finding {
    let ConfiguredRoute { route, gateway } = configured;
    match gateway {
        RouteGateway::Http(gateway) => http(route, gateway),
        RouteGateway::Smpp(gateway) => smpp(route, gateway),
    }
}

/// Whether one of its addresses takes a connection. Nothing is said there: a second login may end that of the node that sends.
fn smpp(route: &SmsRoute, gateway: &SmppGateway) -> Finding {
    let name = &route.name;
    if let Some(path) = gateway.tls.as_ref().and_then(|tls| tls.ca_file.as_ref())
        && let Err(error) = std::fs::read(path)
    {
        return Finding::fail(
            WHAT,
            format!("route {name}: cannot read smpp.ca_file {}: {error}", path.display()),
        );
    }
    let mut why = String::new();
    for (host, port) in &gateway.addresses {
        match connect(host, *port, gateway) {
            Ok(()) => {
                return Finding::ok(
                    WHAT,
                    format!("route {name}: {host}:{port} answers; whether it lets us in shows at work"),
                );
            }
            Err(error) => why = format!("{host}:{port}: {error}"),
        }
    }
    Finding::warn(
        WHAT,
        format!("route {name}: {why}; messages wait until it answers. Is smpp.addresses right?"),
    )
}

fn connect(host: &str, port: u16, gateway: &SmppGateway) -> std::io::Result<()> {
    let mut failed = std::io::Error::new(std::io::ErrorKind::NotFound, "the name has no address");
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, gateway.connect_timeout) {
            Ok(_) => return Ok(()),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

fn http(route: &SmsRoute, gateway: &HttpGateway) -> Finding {
    let name = &route.name;
    let link = match HttpLink::new(route, gateway.clone(), Arc::new(SystemClock::new())) {
        Ok(link) => link,
        Err(error) => return Finding::fail(WHAT, format!("route {name}: {}", Chain(&error))),
    };
    match block_on(link.look()) {
        Ok(Ok(host)) => Finding::ok(
            WHAT,
            format!("route {name}: {host} answers; whether it takes messages shows with one"),
        ),
        Ok(Err(why)) => Finding::warn(
            WHAT,
            format!("route {name}: {why}; messages wait until it does. Is http.url right?"),
        ),
        Err(failure) => Finding::fail(WHAT, failure),
    }
}
