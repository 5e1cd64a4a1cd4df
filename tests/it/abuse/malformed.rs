//! Heads and bodies that no client should send: refused, closed, forgotten.

use std::time::Duration;

use super::{LIVE, Wire, among_callers};
use crate::support::{Server, Site};

/// Most statuses a refusal may have, and the connection is closed after it.
async fn refused(server: &Server, what: &str, request: &[u8], statuses: &[u16]) {
    let mut wire = Wire::open(server).await;
    // Sent beside the reply: the server need not read on after its refusal.
    wire.send_for(request, Duration::from_secs(2)).await;
    match wire.reply().await {
        Some(reply) => assert!(statuses.contains(&reply.status), "{what}: {reply:?}"),
        // What was still on its way when the server closed makes the reply unreadable.
        None => assert!(request.len() > 100_000, "{what}: closed without a reply"),
    }
    assert!(wire.is_closed().await, "{what}: not closed");
}

fn post(head: &str, body: &str) -> Vec<u8> {
    format!("POST /ivr/v1/answer HTTP/1.1\r\nHost: a\r\n{head}\r\n\r\n{body}").into_bytes()
}

#[test]
fn heads_that_are_too_large_are_refused_and_not_kept() {
    let site = Site::new();
    let server = site.serve(&[]);
    let before = server.memory();
    let long = "a".repeat(1 << 20);
    let many = (0..10_000).map(|n| format!("X-{n}: {n}\r\n")).collect::<Vec<_>>().concat();
    among_callers(&site, &server, async || {
        for _ in 0..20 {
            let header = format!("GET / HTTP/1.1\r\nHost: a\r\nX-A: {long}\r\n\r\n");
            refused(&server, "one large header", header.as_bytes(), &[431]).await;
            let headers = format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n");
            refused(&server, "many headers", headers.as_bytes(), &[400, 431]).await;
            let url = format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n");
            refused(&server, "a long address", url.as_bytes(), &[414, 431]).await;
        }
    });
    // Twenty times over, less than what a single one of each would take.
    let grown = server.memory().saturating_sub(before);
    assert!(grown < 48 << 20, "grown by {} KiB", grown >> 10);
}

#[test]
fn bodies_whose_length_cannot_be_told_are_refused() {
    let site = Site::new();
    let server = site.serve(&[]);
    let chunked = "Transfer-Encoding: chunked";
    among_callers(&site, &server, async || {
        let smuggled = String::from_utf8_lossy(LIVE);
        for (what, request) in [
            ("negative", post("Content-Length: -1", "")),
            ("signed", post("Content-Length: +1", "a")),
            ("a list", post("Content-Length: 1, 1", "a")),
            ("two lengths", post("Content-Length: 1\r\nContent-Length: 41", &format!("a{smuggled}"))),
            ("beyond all numbers", post("Content-Length: 99999999999999999999999", "")),
            (
                "length and chunks",
                post(&format!("Content-Length: 5\r\n{chunked}"), &format!("0\r\n\r\n{smuggled}")),
            ),
            (
                "chunks and length",
                post(&format!("{chunked}\r\nContent-Length: 5"), &format!("0\r\n\r\n{smuggled}")),
            ),
            (
                "chunks not last",
                post("Transfer-Encoding: chunked, identity", &format!("0\r\n\r\n{smuggled}")),
            ),
            ("no such coding", post("Transfer-Encoding: xchunked", &format!("0\r\n\r\n{smuggled}"))),
            ("a giant chunk", post(chunked, "fffffffffffffffff\r\na")),
            ("no chunk", post(chunked, "xyz\r\na\r\n0\r\n\r\n")),
            ("a negative chunk", post(chunked, "-1\r\na\r\n0\r\n\r\n")),
            ("a chunk longer than it says", post(chunked, "1\r\nabc\r\n0\r\n\r\n")),
        ] {
            refused(&server, what, &request, &[400]).await;
        }
    });
}

#[test]
fn a_body_that_is_too_large_is_refused_in_the_envelope_before_it_is_read() {
    let site = Site::new();
    let server = site.serve(&["ivr_api.body_max_bytes=4096"]);
    among_callers(&site, &server, async || {
        let large = "a".repeat(5000);
        for (what, request) in [
            ("announced", post("Content-Length: 5000", "")),
            ("announced beyond all memory", post("Content-Length: 18446744073709551615", "")),
            ("sent", post("Content-Length: 5000", &large)),
            ("in chunks", post("Transfer-Encoding: chunked", &format!("1388\r\n{large}\r\n0\r\n\r\n"))),
        ] {
            let mut wire = Wire::open(&server).await;
            wire.send(&request).await;
            let reply = wire.reply().await.unwrap_or_else(|| panic!("{what}: closed without a reply"));
            assert_eq!(reply.status, 413, "{what}: {reply:?}");
            assert!(reply.body.contains("\"too_large\""), "{what}: {reply:?}");
            // Either it is closed, or whole and good for the next request: not stuck.
            wire.send(LIVE).await;
            if let Some(next) = wire.reply().await {
                assert_eq!((next.status, what), (200, "in chunks"));
            }
        }
    });
}
