//! More connections than anybody needs.

use std::time::{Duration, Instant};

use rustix::process::{Resource, getrlimit, setrlimit};

use super::{LIVE, SCRIPT, Wire, among_callers, open};
use crate::support::disk::skipped;
use crate::support::{DN, Server, Site, until_then};

/// Idle connections.
const MANY: usize = 10_000;
/// What one of them may take of the memory: twice what it does (12 KiB: buffers, and the state of
/// connection, request and timers).
const EACH: u64 = 24 << 10;

/// One request on each of so many connections, which then stay open.
async fn idle(server: &Server, count: usize) -> Vec<Wire> {
    let mut wires = Vec::with_capacity(count);
    while wires.len() < count {
        let mut some = open(server, 100.min(count - wires.len())).await;
        for wire in &mut some {
            wire.send(LIVE).await;
        }
        for wire in &mut some {
            assert_eq!(wire.reply().await.unwrap().status, 200);
        }
        wires.append(&mut some);
    }
    wires
}

/// New callers, each on a connection of its own, are served before a script gives up.
async fn new_callers_are_served(server: &Server, name: &str) {
    for call in 0..20 {
        let http = server.http().with_patience(SCRIPT);
        let call = format!("{name}-{call}");
        let reply = http.form("/ivr/v1/survey", &[("dn", DN), ("call_id", &call)]).await;
        assert_eq!(reply.unwrap().word("result"), "QUESTION");
    }
}

#[test]
fn with_ten_thousand_idle_connections_open_new_calls_are_served() {
    let mut files = getrlimit(Resource::Nofile);
    files.current = files.maximum;
    setrlimit(Resource::Nofile, files).unwrap();
    if files.maximum.is_some_and(|most| most < MANY as u64 + 2500) {
        return skipped("with_ten_thousand_idle_connections_open_new_calls_are_served", "too few open files");
    }
    let site = Site::new();
    let server = site.serve(&[]);
    let before = server.memory();
    among_callers(&site, &server, async || {
        let idle = idle(&server, MANY).await;
        // With those, still below what is kept free of 12,000.
        let silent = open(&server, 300).await;
        new_callers_are_served(&server, "first").await;
        let gone = idle.iter().filter(|wire| wire.is_gone()).count();
        assert_eq!(gone, 0, "idle connections closed although there is room");
        let grown = server.memory().saturating_sub(before);
        assert!(grown < (MANY as u64 + 300) * EACH, "grown by {} KiB", grown >> 10);
        // Who connects and says nothing is let go much sooner than who has called before.
        let began = Instant::now();
        until_then("silent connections are closed", async || {
            assert!(began.elapsed() < Duration::from_secs(20));
            silent.iter().all(Wire::was_sent_away)
        })
        .await;
        new_callers_are_served(&server, "second").await;
        drop(idle);
    });
}

#[test]
fn beyond_the_limit_the_quietest_make_room() {
    let site = Site::new();
    // Each worker has its own share of the limit: with one it is known who is the quietest.
    let server = site.serve(&["ivr_api.max_connections=100", "ivr_api.workers=1"]);
    let files = server.open_files();
    among_callers(&site, &server, async || {
        let mut wires = Vec::new();
        // Each batch alone is more than there is room for.
        for batch in 0..4 {
            let before = wires.len();
            wires.append(&mut idle(&server, 120).await);
            new_callers_are_served(&server, &format!("batch-{batch}")).await;
            assert!(server.open_files() <= files + 100 + super::COMING_AND_GOING, "the limit holds");
            let earlier = &wires[..before];
            until_then("those of earlier batches have left", async || earlier.iter().all(Wire::is_gone))
                .await;
            let gone = wires[before..].iter().filter(|wire| wire.is_gone()).count();
            assert!((20..=80).contains(&gone), "{gone} of 120 had to leave");
        }
    });
}

#[test]
fn heads_and_bodies_that_take_all_connections_leave_room_for_callers() {
    let site = Site::new();
    let server = site.serve(&["ivr_api.max_connections=100"]);
    among_callers(&site, &server, async || {
        let mut held = Vec::new();
        for _ in 0..6 {
            for begun in ["GET / HTTP/1.1\r\nX-A: ", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n1", "", "P"]
            {
                for mut wire in open(&server, 15).await {
                    wire.send(begun.as_bytes()).await;
                    held.push(wire);
                }
            }
            new_callers_are_served(&server, &format!("round-{}", held.len())).await;
        }
    });
}
