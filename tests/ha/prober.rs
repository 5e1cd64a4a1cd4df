//! A client that asks for the callers' address all the time, to see how long nobody answers there.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::MissedTickBehavior;

/// A new question so often, whether or not the one before was answered.
const EVERY: Duration = Duration::from_millis(10);
const PATIENCE: Duration = Duration::from_millis(250);

/// Asks until it is over; the longest time between the begins of two questions one after the other that were answered.
pub async fn longest_gap(vip: SocketAddr, over: &AtomicBool) -> Duration {
    let mut asked = FuturesUnordered::new();
    let mut answered = Vec::new();
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    while !over.load(Ordering::SeqCst) {
        tokio::select! {
            _ = ticks.tick() => asked.push(ask(vip)),
            Some(began) = asked.next() => answered.extend(began),
        }
    }
    answered.sort_unstable();
    let gaps = answered.iter().zip(answered.iter().skip(1)).map(|(one, next)| *next - *one);
    gaps.max().unwrap_or_default()
}

/// When the question was begun, if it was answered.
async fn ask(vip: SocketAddr) -> Option<Instant> {
    let began = Instant::now();
    let answer = async {
        let mut line = TcpStream::connect(vip).await?;
        line.write_all(b"GET /health/live HTTP/1.1\r\nhost: vip\r\nconnection: close\r\n\r\n").await?;
        let mut head = [0; 12];
        line.read_exact(&mut head).await?;
        std::io::Result::Ok(head == *b"HTTP/1.1 200")
    };
    matches!(tokio::time::timeout(PATIENCE, answer).await, Ok(Ok(true))).then_some(began)
}
