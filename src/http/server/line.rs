//! A connection with a limit on every wait for its client: for the rest of a request's head, for the rest of its body, for
//! the reply to be taken. The HTTP library limits the first head and idleness only; a client that is merely slow would
//! otherwise hold a connection and what is buffered for it as long as it likes.

use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::crowd::{Crowd, Guest};

/// How long a client may take to go on taking a reply.
const TAKEN_WITHIN: Duration = Duration::from_secs(10);
/// From the end of a head until the reply begins: beyond the deadline of every call, and the time to convert a long prompt.
const REPLY_WITHIN: Duration = Duration::from_mins(1);
/// Who sends or takes at least this much a second may take longer, in bytes: a quarter of what a phone plays, since a
/// gateway may fetch a prompt no faster than it plays it.
const SLOWEST: u64 = 2000;
/// But no longer than this.
const LONGEST: Duration = Duration::from_mins(10);

/// What is sent to a client that asks whether to send the body at all.
const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// A connection.
pub(super) struct Line<T> {
    io: T,
    guest: Guest,
    /// How long a head may take; `None` where requests are not one after the other (HTTP/2, which has limits of its own).
    head_within: Option<Duration>,
    wait: Wait,
    /// All of a reply so far was accepted, but perhaps not yet sent.
    written: bool,
    timer: Pin<Box<Sleep>>,
    /// A request was answered.
    served: bool,
    /// Ends when clients are to come back over new connections.
    leaving: Pin<Box<WaitForCancellationFutureOwned>>,
    left: bool,
}

/// What the client has to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    /// Send a request, or not: idleness is limited elsewhere.
    Request,
    /// Send the rest of the head.
    Head { since: Instant, newline: bool },
    /// Send the rest of the request, if there is more of it; else it is our turn.
    Reply { since: Instant, bytes: u64 },
    /// Take what was written.
    Taking { since: Instant, bytes: u64 },
}

impl<T> Line<T> {
    pub(super) fn new(
        io: T,
        crowd: &Crowd,
        head_within: Option<Duration>,
        leaving: &CancellationToken,
    ) -> Self {
        let timer = Box::pin(sleep_until(Instant::now()));
        let leaving = Box::pin(leaving.clone().cancelled_owned());
        Self {
            io,
            guest: crowd.admit(),
            head_within,
            wait: Wait::Request,
            written: false,
            timer,
            served: false,
            leaving,
            left: false,
        }
    }

    /// When patience ends.
    fn deadline(&self) -> Option<Instant> {
        let paced = |since: Instant, grace: Duration, bytes: u64| {
            since + (grace + Duration::from_secs(bytes / SLOWEST)).min(LONGEST)
        };
        let due = match self.wait {
            Wait::Request => None,
            Wait::Head { since, .. } => self.head_within.map(|within| since + within),
            Wait::Reply { since, bytes } => Some(paced(since, REPLY_WITHIN, bytes)),
            Wait::Taking { since, bytes } => Some(paced(since, TAKEN_WITHIN, bytes)),
        };
        due.into_iter().chain(self.guest.leave_at()).min()
    }

    /// Whether patience has ended; if not, the task is woken when it does.
    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(deadline) = self.deadline() else { return false };
        if self.timer.deadline() != deadline {
            self.timer.as_mut().reset(deadline);
        }
        self.timer.as_mut().poll(cx).is_ready()
    }

    /// Whether the client is to come back over a new connection: it has had an answer, and no request is under way. If not, the
    /// task is woken when it is.
    fn is_to_leave(&mut self, cx: &mut Context<'_>) -> bool {
        self.left = self.left || self.leaving.as_mut().poll(cx).is_ready();
        self.left && self.served && self.wait == Wait::Request
    }

    fn received(&mut self, bytes: &[u8]) {
        if self.wait == Wait::Request {
            self.guest.stirs();
            if self.head_within.is_some() {
                self.wait = Wait::Head { since: Instant::now(), newline: false };
            }
        }
        match &mut self.wait {
            Wait::Head { newline, .. } => {
                if head_ends(bytes, newline) {
                    self.wait = Wait::Reply { since: Instant::now(), bytes: 0 };
                }
            }
            Wait::Reply { bytes: so_far, .. } => *so_far += bytes.len() as u64,
            Wait::Request | Wait::Taking { .. } => {}
        }
    }

    /// Some of a reply was accepted; `rest`: the client must take it before the rest can follow.
    fn accepted(&mut self, count: usize, rest: bool) {
        match &mut self.wait {
            Wait::Taking { bytes, .. } => *bytes += count as u64,
            wait if rest => *wait = Wait::Taking { since: Instant::now(), bytes: 0 },
            _ => {}
        }
        self.written = !rest;
    }

    fn taken(&mut self) {
        if std::mem::take(&mut self.written) {
            self.wait = Wait::Request;
            self.served = true;
            self.guest.stirs();
        }
    }
}

/// Looks for the blank line at the end of a head; `newline` is whether the bytes before ended a line.
fn head_ends(bytes: &[u8], newline: &mut bool) -> bool {
    bytes.iter().any(|byte| match byte {
        b'\n' => std::mem::replace(newline, true),
        b'\r' => false,
        _ => {
            *newline = false;
            false
        }
    })
}

fn too_slow<V>() -> Poll<Result<V>> {
    Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client was too slow")))
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncRead for Line<T> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let line = self.get_mut();
        if line.is_over(cx) {
            // Between two requests it is told so by the end of what there is to read, and closes in good order.
            return if line.wait == Wait::Request { Poll::Ready(Ok(())) } else { too_slow() };
        }
        let before = buf.filled().len();
        let read = Pin::new(&mut line.io).poll_read(cx, buf);
        match &read {
            Poll::Ready(Ok(())) => line.received(buf.filled().get(before..).unwrap_or_default()),
            // A caller who was cut off after the request: it is carried out all the same, as after an orderly end.
            Poll::Ready(Err(_)) if matches!(line.wait, Wait::Reply { .. }) => return Poll::Ready(Ok(())),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                if line.is_to_leave(cx) {
                    return Poll::Ready(Ok(()));
                }
                line.guest.wake_with(cx.waker());
                if line.is_over(cx) {
                    cx.waker().wake_by_ref();
                }
            }
        }
        read
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Line<T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<Result<usize>> {
        let line = self.get_mut();
        let written = Pin::new(&mut line.io).poll_write(cx, buf);
        match &written {
            // Not yet a reply: the client may now send the body.
            Poll::Ready(Ok(_)) if buf == CONTINUE => {}
            Poll::Ready(Ok(count)) => line.accepted(*count, *count < buf.len()),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                line.accepted(0, true);
                line.guest.wake_with(cx.waker());
                if line.is_over(cx) {
                    return too_slow();
                }
            }
        }
        written
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let line = self.get_mut();
        let flushed = Pin::new(&mut line.io).poll_flush(cx);
        match &flushed {
            Poll::Ready(Ok(())) => line.taken(),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                let written = line.written;
                line.accepted(0, true);
                line.written = written;
                if line.is_over(cx) {
                    return too_slow();
                }
            }
        }
        flushed
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let line = self.get_mut();
        let shut = Pin::new(&mut line.io).poll_shutdown(cx);
        if shut.is_pending() {
            line.accepted(0, true);
            if line.is_over(cx) {
                return too_slow();
            }
        }
        shut
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::*;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\n\r\n";

    fn line(leaving: &CancellationToken) -> (DuplexStream, Line<DuplexStream>) {
        let (client, server) = duplex(1_024);
        (client, Line::new(server, &Crowd::new(10), Some(Duration::from_secs(5)), leaving))
    }

    /// A request and its reply; what was read of the request.
    async fn exchange(client: &mut DuplexStream, line: &mut Line<DuplexStream>) -> usize {
        client.write_all(REQUEST).await.unwrap();
        let read = line.read(&mut [0; 100]).await.unwrap();
        line.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
        line.flush().await.unwrap();
        read
    }

    #[tokio::test]
    async fn an_idle_client_that_had_an_answer_is_sent_away_when_the_node_leaves() {
        let leaving = CancellationToken::new();
        let (mut client, mut line) = line(&leaving);
        assert_eq!(exchange(&mut client, &mut line).await, REQUEST.len());
        let mut buffer = [0; 100];
        let mut idle = Box::pin(line.read(&mut buffer));
        assert!(futures_util::poll!(&mut idle).is_pending());
        leaving.cancel();
        assert_eq!(idle.await.unwrap(), 0);
    }

    #[tokio::test]
    async fn a_request_that_came_before_the_client_was_sent_away_is_served() {
        let leaving = CancellationToken::new();
        let (mut client, mut line) = line(&leaving);
        exchange(&mut client, &mut line).await;
        client.write_all(REQUEST).await.unwrap();
        leaving.cancel();
        assert_eq!(line.read(&mut [0; 100]).await.unwrap(), REQUEST.len());
    }

    #[tokio::test]
    async fn a_client_that_comes_while_the_node_leaves_has_one_answer() {
        let leaving = CancellationToken::new();
        leaving.cancel();
        let (mut client, mut line) = line(&leaving);
        let mut buffer = [0; 100];
        let mut first = Box::pin(line.read(&mut buffer));
        assert!(futures_util::poll!(&mut first).is_pending());
        drop(first);
        assert_eq!(exchange(&mut client, &mut line).await, REQUEST.len());
        assert_eq!(line.read(&mut [0; 100]).await.unwrap(), 0);
    }
}
