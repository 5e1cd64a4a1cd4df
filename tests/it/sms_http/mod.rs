//! Gateways of text messages that speak HTTP: real Kannel, doubles that answer as the others document, and broken lines.

mod callbacks;
mod examples;
mod kannel;
mod line;
mod presets;

use std::sync::Arc;

use aftercall::config::{Config, Setting, Sources};
use aftercall::domain::sms::{PARTS_MOST, Writing, as_sent, encode};
use aftercall::foundation::{Clock, ConfiguredRoute, HttpGateway, RouteGateway, SmsRoute, SystemClock};
use aftercall::outbound::sms::Submission;
use aftercall::outbound::sms::http::HttpLink;
use chrono::TimeDelta;

/// Our key of the message.
const KEY: &str = "0123456789abcdef0123456789abcdef";
const NUMBER: &str = "+34600111222";
/// By which our addresses are signed.
const SECRET: &str = "correct-horse-battery-staple";

/// A route as its file describes it; `gateways_call`: where this server is for gateways.
fn route_at(gateways_call: &str, text: &str) -> (SmsRoute, HttpGateway) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("one.toml"), text).unwrap();
    let flag = |path: &str, value: &str| Setting {
        path: path.to_owned(),
        value: value.to_owned(),
        flag: "--set".to_owned(),
    };
    let flags = vec![
        flag("sms.routes_folder", folder.path().to_str().unwrap()),
        flag("sms.callback_url", gateways_call),
        flag("sms.callback_secret", SECRET),
    ];
    let mut config = Config::load(&Sources { flags, ..Sources::default() }).unwrap();
    let ConfiguredRoute { route, gateway } = config.sms.routes.remove(0);
    let RouteGateway::Http(gateway) = gateway else { panic!("it speaks HTTP") };
    (route, *gateway)
}

/// The same with the lines of `[http]` alone.
fn route(http: &str) -> (SmsRoute, HttpGateway) {
    route_at(
        "https://calls.example",
        &format!(
            "window = 4\ntimeout_s = 3\n[senders]\n\"+\" = \"Acme\"\n[http]\nconnect_timeout_s = 1\n{http}"
        ),
    )
}

fn link_of((route, gateway): (SmsRoute, HttpGateway)) -> HttpLink {
    drop(rustls::crypto::ring::default_provider().install_default());
    HttpLink::new(&route, gateway, Arc::new(SystemClock::new())).unwrap()
}

fn link(http: &str) -> HttpLink {
    link_of(route(http))
}

/// A message that is of use for an hour and a half.
fn message(text: &str) -> Submission {
    let writing = Writing { transliterate: false, parts_most: PARTS_MOST };
    Submission {
        key: KEY.to_owned(),
        to: NUMBER.to_owned(),
        from: "Acme".to_owned(),
        text: as_sent(text, writing),
        encoded: encode(text, writing).unwrap(),
        reference: 0x0102,
        expires_at: SystemClock::new().now() + TimeDelta::seconds(90 * 60 + 30),
    }
}
