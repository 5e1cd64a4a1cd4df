//! Messages a second through Kannel by our own line beside a bare client, with a queue in memory and one on disk. How to run and read
//! it: `benches/README.md`.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    dead_code,
    reason = "shares the tests' Kannel, which says what is wrong by failing"
)]

#[path = "../tests/it/support/disk.rs"]
mod disk;
#[path = "../tests/it/support/kannel.rs"]
mod kannel;

use std::cell::Cell;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aftercall::config::{Config, Setting, Sources};
use aftercall::domain::sms::{PARTS_MOST, Writing, encode};
use aftercall::foundation::{Clock, ConfiguredRoute, RouteGateway, SystemClock};
use aftercall::outbound::sms::http::HttpLink;
use aftercall::outbound::sms::{Submission, Verdict};
use chrono::TimeDelta;
use futures_util::future::join_all;
use kannel::Kannel;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Messages under way at once, and connections.
const WINDOW: usize = 8;
/// Turns that are counted; the median is told.
const TURNS: usize = 3;
/// 89 characters of GSM 03.38.
const TEXT: &str =
    "How was your call with us today? It takes a minute: https://s.example.com/s/abcdefgh123456";

/// Waits for a condition.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(2);
    while !holds() {
        assert!(Instant::now() < deadline, "not within two minutes: {what}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

fn main() -> Outcome<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut arguments = std::env::args().skip_while(|argument| argument != "--messages");
    let messages: usize = arguments.nth(1).map_or(Ok(20_000), |number| number.parse())?;
    let load = || std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim().to_owned();
    println!("load before: {}", load());
    println!("| Kannel's queue | client | taken/s, median (turns) | at the phones/s |\n|---|---|---|---|");
    for (queue, more) in [
        ("in memory", ""),
        ("store-type = file", "store-type = file\nstore-location = \"FOLDER/kannel.store\""),
    ] {
        // Nothing calls back.
        let Some(mut kannel) = Kannel::start_with("bench sms_http", "http://127.0.0.1:1/?x=1", more) else {
            return Ok(());
        };
        kannel.phones("100 200 text nop");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let link = link(&kannel)?;
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        // In turn, so that what else the machine does strikes both. The first turn of each is not counted.
        for turn in 0..=TURNS {
            let by_us = timed(&kannel, messages, || runtime.block_on(by_link(&link, messages)))?;
            let by_none = timed(&kannel, messages, || runtime.block_on(by_client(&kannel, messages)))?;
            if turn > 0 {
                ours.push(by_us);
                bare.push(by_none);
            }
        }
        tell(queue, "aftercall", ours);
        tell(queue, "bare reqwest", bare);
    }
    println!("load after: {}", load());
    Ok(())
}

/// Messages a second: taken, and at the phones.
fn timed(kannel: &Kannel, messages: usize, send: impl FnOnce() -> Outcome<()>) -> Outcome<(f64, f64)> {
    let before = kannel.count();
    let began = Instant::now();
    send()?;
    let taken = began.elapsed();
    until("all are at the phones", || kannel.count() == before + messages);
    let there = began.elapsed();
    let rate = |time: Duration| f64::from(u32::try_from(messages).unwrap_or(u32::MAX)) / time.as_secs_f64();
    Ok((rate(taken), rate(there)))
}

fn tell(queue: &str, client: &str, mut turns: Vec<(f64, f64)>) {
    let mut phones: Vec<f64> = turns.iter().map(|(_, there)| *there).collect();
    phones.sort_by(f64::total_cmp);
    turns.sort_by(|a, b| a.0.total_cmp(&b.0));
    let middle = turns.len() / 2;
    let (least, most) = (turns[0].0, turns[turns.len() - 1].0);
    println!(
        "| {queue} | {client} | {:.0} ({least:.0}–{most:.0}) | {:.0} |",
        turns[middle].0, phones[middle]
    );
}

fn link(kannel: &Kannel) -> Outcome<HttpLink> {
    let folder = tempfile::tempdir()?;
    let text = format!(
        "receipts = false\nwindow = {WINDOW}\n[senders]\n\"+\" = \"Acme\"\n[http]\npreset = \"kannel\"\nurl = \"{}\"\n\
         username = \"tester\"\npassword = \"pass word&\"\n",
        kannel.url()
    );
    std::fs::write(folder.path().join("kannel.toml"), text)?;
    let flag = Setting {
        path: "sms.routes_folder".to_owned(),
        value: folder.path().display().to_string(),
        flag: "--set".to_owned(),
    };
    let mut config = Config::load(&Sources { flags: vec![flag], ..Sources::default() })?;
    let ConfiguredRoute { route, gateway } = config.sms.routes.remove(0);
    let RouteGateway::Http(gateway) = gateway else { return Err("not a route over HTTP".into()) };
    Ok(HttpLink::new(&route, *gateway, Arc::new(SystemClock::new()))?)
}

/// By our own line: template, parts, verdict and all.
async fn by_link(link: &HttpLink, messages: usize) -> Outcome<()> {
    let left = Cell::new(messages);
    let writing = Writing { transliterate: false, parts_most: PARTS_MOST };
    let submission = Submission {
        key: "0123456789abcdef0123456789abcdef".to_owned(),
        to: "+34600111222".to_owned(),
        from: "Acme".to_owned(),
        text: TEXT.to_owned(),
        encoded: encode(TEXT, writing)?,
        reference: 1,
        expires_at: SystemClock::new().now() + TimeDelta::hours(1),
    };
    let worker = async || -> Outcome<()> {
        while take(&left) {
            match link.submit(submission.clone()).await {
                Verdict::Accepted(_) => {}
                other => return Err(format!("{other:?}").into()),
            }
        }
        Ok(())
    };
    join_all((0..WINDOW).map(|_| worker())).await.into_iter().collect()
}

/// By the bare client: one address, made once, and its answer's status.
async fn by_client(kannel: &Kannel, messages: usize) -> Outcome<()> {
    let client = reqwest::Client::builder().tcp_nodelay(true).no_proxy().tls_certs_only([]).build()?;
    let text: String = form_urlencoded::byte_serialize(TEXT.as_bytes()).collect();
    let url = format!(
        "{}?username=tester&password=pass%20word%26&from=Acme&to=%2B34600111222&charset=UTF-8&coding=0&text={text}&validity=60",
        kannel.url()
    );
    let left = Cell::new(messages);
    let worker = async || -> Outcome<()> {
        while take(&left) {
            let reply = client.get(&url).send().await?;
            if reply.status() != 202 {
                return Err(format!("status {}", reply.status()).into());
            }
            reply.bytes().await?;
        }
        Ok(())
    };
    join_all((0..WINDOW).map(|_| worker())).await.into_iter().collect()
}

fn take(left: &Cell<usize>) -> bool {
    let some = left.get() > 0;
    left.set(left.get().saturating_sub(1));
    some
}
