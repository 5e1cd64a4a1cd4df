//! Clients that send a byte now and then, or do not take what they asked for.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::sleep;

use super::{LIVE, Wire, among_callers, open};
use crate::support::{SOON, Server, Site, until_then};

/// Between two bytes of a client that trickles.
const NOW_AND_THEN: Duration = Duration::from_millis(100);
/// What the connections of a test may leave behind, whatever their number: heap that the allocator keeps.
const LEFT: u64 = 48 << 20;
/// Clients that do not take what they asked for.
const UNREAD: u64 = 50;

/// Sends a byte now and then (which is what it is for, not a wait for anything) until the server has had enough.
async fn trickle(mut wire: Wire, bytes: &[u8]) -> bool {
    let sent = async {
        for byte in bytes.iter().cycle() {
            if wire.is_gone() || !wire.send(&[*byte]).await {
                return;
            }
            sleep(NOW_AND_THEN).await;
        }
    };
    tokio::time::timeout(SOON, sent).await.is_ok()
}

async fn all_are_cut(wires: Vec<Wire>, bytes: &[u8]) {
    let cut = join_all(wires.into_iter().map(|wire| trickle(wire, bytes))).await;
    let held = cut.iter().filter(|cut| !**cut).count();
    assert_eq!(held, 0, "of {} connections not cut", cut.len());
}

fn stays_flat(server: &Server, before: u64) {
    let grown = server.memory().saturating_sub(before);
    assert!(grown < LEFT, "grown by {} KiB", grown >> 10);
}

#[test]
fn heads_that_never_end_are_cut() {
    let site = Site::new();
    let server = site.serve(&[]);
    let before = server.memory();
    among_callers(&site, &server, async || {
        let wires = open(&server, 300).await;
        all_are_cut(wires, b"GET /health/live HTTP/1.1\r\nX-A: ").await;
    });
    stays_flat(&server, before);
}

#[test]
fn heads_that_never_end_are_cut_also_after_a_good_request() {
    let site = Site::new();
    let server = site.serve(&[]);
    let before = server.memory();
    among_callers(&site, &server, async || {
        let mut wires = open(&server, 300).await;
        for wire in &mut wires {
            wire.send(LIVE).await;
            assert_eq!(wire.reply().await.unwrap().status, 200);
        }
        all_are_cut(wires, b"GET /health/live HTTP/1.1\r\nX-A: ").await;
    });
    stays_flat(&server, before);
}

#[test]
fn bodies_that_never_end_are_cut() {
    let site = Site::new();
    let server = site.serve(&[]);
    let before = server.memory();
    among_callers(&site, &server, async || {
        for length in ["Content-Length: 60000", "Transfer-Encoding: chunked"] {
            let mut wires = open(&server, 150).await;
            for wire in &mut wires {
                let head = format!("POST /ivr/v1/answer HTTP/1.1\r\nHost: a\r\n{length}\r\n\r\n");
                wire.send(head.as_bytes()).await;
            }
            // As a chunk, its size has more digits than there are.
            all_are_cut(wires, b"1").await;
        }
    });
    stays_flat(&server, before);
}

/// Many requests for the largest page in one go.
fn many_large_pages() -> Vec<u8> {
    b"GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2000)
}

/// Clients that ask for more than they take; `files` were open before.
async fn greedy(server: &Server, files: usize) -> Vec<Wire> {
    let mut wires = Vec::new();
    for _ in 0..UNREAD {
        let mut wire = Wire::narrow(server).await;
        wire.send_for(&many_large_pages(), NOW_AND_THEN).await;
        wires.push(wire);
    }
    until_then("they are let in", async || server.open_files() >= files + wires.len()).await;
    wires
}

/// Waits until all the connections are gone on the server's side; `open` files were open before.
async fn let_go(server: &Server, open: usize) {
    until_then("the connections are let go", async || server.open_files() <= open + super::COMING_AND_GOING)
        .await;
}

#[test]
fn a_client_that_does_not_read_is_dropped_in_bounded_time_and_memory() {
    let site = Site::new();
    let server = site.serve(&[]);
    let (before, files) = (server.memory(), server.open_files());
    among_callers(&site, &server, async || {
        let wires = greedy(&server, files).await;
        // What waits for each of them is a few replies, not all it asked for.
        let grown = server.memory().saturating_sub(before);
        assert!(grown < UNREAD * (1 << 20) + LEFT, "grown by {} KiB", grown >> 10);
        let_go(&server, files).await;
        drop(wires);
    });
}

#[test]
fn a_client_that_reads_byte_by_byte_is_dropped() {
    let site = Site::new();
    let server = site.serve(&[]);
    let files = server.open_files();
    among_callers(&site, &server, async || {
        let mut wires = greedy(&server, files).await;
        let sipping = join_all(wires.iter_mut().map(async |wire| {
            while wire.sip().await {
                sleep(NOW_AND_THEN).await;
            }
        }));
        tokio::select! {
            _ = sipping => {}
            () = let_go(&server, files) => {}
        }
    });
}
