//! Clients that mean ill, or are merely broken, on raw connections to the real server, while ordinary callers go on.

mod crowds;
mod malformed;
mod pipelined;
mod slow;
mod wire;

use std::time::Duration;

use super::support::callers::Callers;
use super::support::store::Stored;
use super::support::{Server, Site, block_on, until, until_then};
use wire::Wire;

/// What a script waits for a reply; ordinary callers wait no longer.
const SCRIPT: Duration = Duration::from_secs(5);
/// Ordinary callers at once.
const CALLERS: usize = 4;
/// Files that open and close by themselves: the callers' connections and the database's files.
const COMING_AND_GOING: usize = 12;

/// The server among ordinary callers. Fails unless every request of theirs was served in time and stored once, and
/// everything the abuse held is given back; gives what `abuse` gives.
fn among_callers<T>(site: &Site, server: &Server, abuse: impl AsyncFnOnce() -> T) -> T {
    let open = server.open_files();
    let callers = Callers::new(&server.http().with_patience(SCRIPT), "ordinary");
    let (abuse, ()) = block_on(async {
        let abuse = async {
            until_then("callers are served", async || callers.acknowledged() > 20).await;
            let outcome = abuse().await;
            let before = callers.acknowledged();
            until_then("callers are still served", async || {
                callers.assert_well();
                callers.acknowledged() > before + 20
            })
            .await;
            callers.stop();
            outcome
        };
        futures_util::future::join(abuse, callers.call(CALLERS)).await
    });
    callers.assert_well();
    Stored::open(&site.database()).verify(&callers.records());
    until("everything is given back", || server.open_files() <= open + COMING_AND_GOING);
    abuse
}

/// So many connections.
async fn open(server: &Server, count: usize) -> Vec<Wire> {
    let mut wires = Vec::with_capacity(count);
    for _ in 0..count {
        wires.push(Wire::open(server).await);
    }
    wires
}

/// A small request that needs no key.
const LIVE: &[u8] = b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n";
