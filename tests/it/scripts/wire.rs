//! One connection of a script: bytes go out as the test writes them, and replies are read without any forgiveness.

use std::fmt;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::super::support::Server;

/// The shortest of the usual limits: what a script waits for a connection …
const CONNECT: Duration = Duration::from_secs(3);
/// … and for a reply.
pub const READ: Duration = Duration::from_secs(5);

/// A connection.
pub struct Wire {
    stream: TcpStream,
    /// What came after the reply that was read last.
    rest: Vec<u8>,
}

/// A reply, taken apart.
#[derive(Clone)]
pub struct Answer {
    pub status: u16,
    /// `HTTP/1.0` or `HTTP/1.1`.
    pub version: String,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// From the last byte sent to the last one read.
    pub took: Duration,
}

impl Wire {
    pub fn open(server: &Server) -> Self {
        let address: SocketAddr = host(server).parse().unwrap();
        let stream = TcpStream::connect_timeout(&address, CONNECT).unwrap();
        stream.set_read_timeout(Some(READ)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, rest: Vec::new() }
    }

    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).unwrap();
    }

    /// Sends a request and reads its reply.
    pub fn ask(&mut self, request: impl AsRef<[u8]>) -> Answer {
        self.send(request);
        self.reply()
    }

    /// Reads one reply to a request that asks for a body.
    pub fn reply(&mut self) -> Answer {
        let mut answer = self.head();
        let begun = Instant::now();
        answer.body = self.body(&answer);
        assert!(self.rest.is_empty(), "more than one reply came: {:?}", String::from_utf8_lossy(&self.rest));
        answer.took += begun.elapsed();
        answer
    }

    /// Reads what follows the head of a reply.
    pub fn body(&mut self, head: &Answer) -> Vec<u8> {
        match (head.header("content-length"), head.header("transfer-encoding")) {
            ("", "") if matches!(head.status, 204 | 304) => Vec::new(),
            ("", "") if head.header("connection").eq_ignore_ascii_case("close") => self.until_closed(),
            ("", "chunked") => self.chunks(),
            (length, "") if !length.is_empty() => self.take(length.parse().unwrap()),
            unclear => panic!("the length of the body is unclear: {unclear:?} in {head:?}"),
        }
    }

    /// Reads the head of a reply and nothing after it: for HEAD, and for `100 Continue`.
    pub fn head(&mut self) -> Answer {
        let begun = Instant::now();
        while !self.rest.windows(4).any(|end| end == b"\r\n\r\n") {
            assert!(self.more() > 0, "the server hung up in the head: {:?}", self.rest);
        }
        let end = self.rest.windows(4).position(|end| end == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(self.take(end + 4)).unwrap();
        let mut answer = parse_head(&head);
        answer.took = begun.elapsed();
        answer
    }

    /// Whether the server closes the connection, having sent nothing more.
    pub fn is_closed(&mut self) -> bool {
        self.rest.is_empty() && self.more() == 0
    }

    /// Reads what there is; 0: the server closed the connection.
    fn more(&mut self) -> usize {
        let mut bytes = [0; 16_384];
        let count = match self.stream.read(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::ConnectionReset => 0,
            read => read.unwrap_or_else(|error| panic!("no reply within {READ:?}: {error}")),
        };
        self.rest.extend_from_slice(&bytes[..count]);
        count
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        while self.rest.len() < count {
            assert!(self.more() > 0, "the server hung up {} bytes early", count - self.rest.len());
        }
        self.rest.drain(..count).collect()
    }

    fn until_closed(&mut self) -> Vec<u8> {
        while self.more() > 0 {}
        std::mem::take(&mut self.rest)
    }

    fn chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let mut size = Vec::new();
            while !size.ends_with(b"\r\n") {
                size.extend(self.take(1));
            }
            let size = usize::from_str_radix(std::str::from_utf8(&size).unwrap().trim_end(), 16).unwrap();
            body.extend(self.take(size));
            assert_eq!(self.take(2), b"\r\n", "a chunk ends with its line");
            if size == 0 {
                return body;
            }
        }
    }
}

impl Answer {
    /// A header's value, empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

impl fmt::Debug for Answer {
    /// The body as text: a test that fails shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        write!(f, "{} {} {:?} {:?}\n{body}", self.version, self.status, self.took, self.headers)
    }
}

/// `address:port`, as a script writes it in `Host`.
pub fn host(server: &Server) -> &str {
    server.url().strip_prefix("http://").unwrap()
}

fn parse_head(head: &str) -> Answer {
    let lines = head.strip_suffix("\r\n\r\n").unwrap();
    assert!(!lines.replace("\r\n", "").contains(['\r', '\n']), "a line ends with CR LF only: {head:?}");
    let mut lines = lines.split("\r\n");
    let mut first = lines.next().unwrap().splitn(3, ' ');
    let (version, status, reason) = (first.next().unwrap(), first.next().unwrap(), first.next());
    assert!(matches!(version, "HTTP/1.0" | "HTTP/1.1") && status.len() == 3 && reason.is_some(), "{head:?}");
    let headers: Vec<(String, String)> = lines.map(parse_header).collect();
    for single in ["content-length", "content-type", "transfer-encoding", "connection", "date", "etag"] {
        assert!(headers.iter().filter(|(name, _)| name == single).count() <= 1, "{single} twice: {head:?}");
    }
    let (version, body) = (version.to_owned(), Vec::new());
    Answer { status: status.parse().unwrap(), version, headers, body, took: Duration::ZERO }
}

fn parse_header(line: &str) -> (String, String) {
    let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("no header: {line:?}"));
    assert!(!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{line:?}");
    assert!(value.bytes().all(|b| (b' '..=b'~').contains(&b)), "{line:?}");
    (name.to_ascii_lowercase(), value.trim().to_owned())
}
