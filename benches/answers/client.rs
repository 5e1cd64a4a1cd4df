//! A client that costs little, so that what is measured is the server: one connection kept open, requests written by
//! hand, replies looked at no further than needed.

use std::io;
use std::net::SocketAddr;

use tokio::net::TcpStream;

/// One connection.
pub(crate) struct Client {
    stream: TcpStream,
    /// The connection's bytes; the body of the last reply ends at `filled`.
    inbox: Vec<u8>,
    filled: usize,
    outbox: Vec<u8>,
}

/// A reply.
pub(crate) struct Answered<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Client {
    pub(crate) async fn connect(to: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, inbox: vec![0; 16 * 1024], filled: 0, outbox: Vec::with_capacity(1024) })
    }

    /// Sends a request and waits for the reply.
    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: &str,
    ) -> io::Result<Answered<'_>> {
        use io::Write as _;
        self.outbox.clear();
        write!(
            self.outbox,
            "{method} {path} HTTP/1.1\r\nhost: bench\r\n{headers}content-length: {}\r\n\r\n{body}",
            body.len()
        )?;
        self.write_all().await?;
        let (status, from, to) = self.read_reply().await?;
        Ok(Answered { status, body: &self.inbox[from..to] })
    }

    async fn write_all(&mut self) -> io::Result<()> {
        let mut written = 0;
        while let Some(rest) = self.outbox.get(written..).filter(|rest| !rest.is_empty()) {
            match self.stream.try_write(rest) {
                Ok(bytes) => written += bytes,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.stream.writable().await?,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Status, and where the body begins and ends.
    async fn read_reply(&mut self) -> io::Result<(u16, usize, usize)> {
        self.filled = 0;
        let mut whole = None;
        loop {
            if self.filled == self.inbox.len() {
                self.inbox.resize(self.filled * 2, 0);
            }
            match self.stream.try_read(&mut self.inbox[self.filled..]) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(bytes) => self.filled += bytes,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.stream.readable().await?;
                    continue;
                }
                Err(error) => return Err(error),
            }
            if whole.is_none() {
                whole = head(&self.inbox[..self.filled])?;
            }
            if let Some((status, from, to)) = whole.filter(|(_, _, to)| self.filled >= *to) {
                return Ok((status, from, to));
            }
        }
    }
}

/// Status, and where the body begins and ends; `None` while the head is incomplete.
fn head(bytes: &[u8]) -> io::Result<Option<(u16, usize, usize)>> {
    let Some(end) = find(bytes, b"\r\n\r\n") else { return Ok(None) };
    let wrong = || io::Error::new(io::ErrorKind::InvalidData, "the reply is not HTTP as it should be");
    let text = std::str::from_utf8(&bytes[..end]).map_err(|_| wrong())?;
    let status = text.get(9..12).and_then(|s| s.parse().ok()).ok_or_else(wrong)?;
    let length_of = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    };
    let length: usize = text.lines().find_map(length_of).ok_or_else(wrong)?;
    Ok(Some((status, end + 4, end + 4 + length)))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// The first text of this name in a JSON body; good for values without escapes.
pub(crate) fn member<'a>(body: &'a [u8], name: &str) -> Option<&'a str> {
    let at = find(body, name.as_bytes())? + name.len();
    let rest = body.get(at..)?.strip_prefix(b"\":\"")?;
    std::str::from_utf8(&rest[..find(rest, b"\"")?]).ok()
}

/// The text of the first element of this name in an XML body.
pub(crate) fn element<'a>(body: &'a [u8], name: &str) -> Option<&'a str> {
    let tag = format!("<{name}>");
    let rest = body.get(find(body, tag.as_bytes())? + tag.len()..)?;
    std::str::from_utf8(&rest[..find(rest, b"<")?]).ok()
}

/// The text of the variable of this name in a VoiceXML body.
pub(crate) fn variable<'a>(body: &'a [u8], name: &str) -> Option<&'a str> {
    let begins = format!("<var name=\"{name}\" expr=\"'");
    let rest = body.get(find(body, begins.as_bytes())? + begins.len()..)?;
    std::str::from_utf8(&rest[..find(rest, b"'")?]).ok()
}
