//! One raw connection, and what comes back on it.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::{SOON, Server};

/// A connection.
pub struct Wire {
    stream: TcpStream,
    /// Read and not yet looked at.
    rest: Vec<u8>,
}

/// A reply.
#[derive(Debug)]
#[expect(dead_code, reason = "the head is for the message of a test that fails")]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Wire {
    pub async fn open(server: &Server) -> Self {
        Self::with_window(server, None).await
    }

    /// With a small buffer for what was not yet read.
    pub async fn narrow(server: &Server) -> Self {
        Self::with_window(server, Some(4096)).await
    }

    async fn with_window(server: &Server, bytes: Option<u32>) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        if let Some(bytes) = bytes {
            socket.set_recv_buffer_size(bytes).unwrap();
        }
        let address = server.url().trim_start_matches("http://").parse().unwrap();
        Self { stream: socket.connect(address).await.unwrap(), rest: Vec::new() }
    }

    /// Sends; `false` when the other side is gone.
    pub async fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok()
    }

    /// Sends as much as can be sent without waiting longer than `patience` for the other side.
    pub async fn send_for(&mut self, bytes: &[u8], patience: Duration) {
        drop(tokio::time::timeout(patience, self.stream.write_all(bytes)).await);
    }

    /// Says that nothing more will be sent.
    pub async fn end(&mut self) {
        self.stream.shutdown().await.unwrap();
    }

    /// Breaks the connection off.
    pub fn reset(self) {
        self.stream.set_zero_linger().unwrap();
    }

    /// The next reply, read by its `Content-Length`; `None` when the connection ends before it does.
    pub async fn reply(&mut self) -> Option<Reply> {
        loop {
            if let Some(reply) = self.parse() {
                return Some(reply);
            }
            if self.read().await == 0 {
                return None;
            }
        }
    }

    /// Whether the other side has closed or broken the connection off; what it sent before is thrown away. Waits for it.
    pub async fn is_closed(&mut self) -> bool {
        let closed = async { while self.read().await > 0 {} };
        tokio::time::timeout(SOON, closed).await.is_ok()
    }

    /// Whether it is closed now, without waiting and without anything to read before.
    pub fn is_gone(&self) -> bool {
        let mut byte = [0];
        match self.stream.try_read(&mut byte) {
            Ok(count) => count == 0,
            Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
        }
    }

    /// Whether the other side has said something or closed, without having been asked anything.
    pub fn was_sent_away(&self) -> bool {
        let mut byte = [0];
        !matches!(self.stream.try_read(&mut byte), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
    }

    /// One more byte of what there is to read; `false` at the end.
    pub async fn sip(&mut self) -> bool {
        let mut byte = [0];
        matches!(self.stream.read(&mut byte).await, Ok(1))
    }

    async fn read(&mut self) -> usize {
        self.rest.reserve(16384);
        self.stream.read_buf(&mut self.rest).await.unwrap_or(0)
    }

    fn parse(&mut self) -> Option<Reply> {
        let end = self.rest.windows(4).position(|bytes| bytes == b"\r\n\r\n")? + 4;
        let head = String::from_utf8(self.rest[..end].to_vec()).unwrap();
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().unwrap())
        });
        let end_of_body = end + length.unwrap_or(0);
        let body = String::from_utf8(self.rest.get(end..end_of_body)?.to_vec()).unwrap();
        let status = head.split(' ').nth(1)?.parse().unwrap();
        self.rest.drain(..end_of_body);
        Some(Reply { status, head, body })
    }
}
