//! A gateway of text messages that speaks HTTP as a test has it speak, or breaks off as it has it break off.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// What it does with a request.
#[derive(Debug, Clone)]
pub enum Manner {
    /// Answers with status, headers and body.
    Answers(u16, Vec<(&'static str, String)>, String),
    /// Takes the request and says nothing.
    Silent,
    /// Takes the request and closes the connection.
    Closes,
    /// Says that an answer comes, and closes the connection within it.
    Half(u16),
    /// Answers without an end.
    Endless,
}

impl Manner {
    pub fn text(status: u16, body: &str) -> Self {
        Self::Answers(status, Vec::new(), body.to_owned())
    }
}

/// A request as it came.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// A parameter of its address.
    pub fn query(&self, name: &str) -> Option<String> {
        let query = self.target.split_once('?').map(|(_, query)| query).unwrap_or_default();
        field(query, name)
    }

    /// A field of its form.
    pub fn form(&self, name: &str) -> Option<String> {
        field(&self.body, name)
    }
}

fn field(encoded: &str, name: &str) -> Option<String> {
    let mut fields = form_urlencoded::parse(encoded.as_bytes());
    fields.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// The gateway; its threads end with the test.
pub struct HttpGatewayDouble {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

type Acts = Box<dyn Fn(&Asked) -> Manner + Send + Sync>;

struct Shared {
    acts: Acts,
    asked: Mutex<Vec<Asked>>,
    connections: AtomicUsize,
    /// Kept open for those that get no answer.
    open: Mutex<Vec<TcpStream>>,
}

impl HttpGatewayDouble {
    pub fn start(acts: impl Fn(&Asked) -> Manner + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            acts: Box::new(acts),
            asked: Mutex::default(),
            connections: AtomicUsize::new(0),
            open: Mutex::default(),
        });
        let kept = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                kept.connections.fetch_add(1, Ordering::AcqRel);
                let shared = Arc::clone(&kept);
                std::thread::spawn(move || shared.serve(&stream));
            }
        });
        Self { address, shared }
    }

    /// One that does the same whatever it is asked.
    pub fn always(manner: Manner) -> Self {
        Self::start(move |_| manner.clone())
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it was asked, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap().clone()
    }

    /// Connections that were made to it.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Acquire)
    }
}

impl Shared {
    fn serve(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        while let Some(asked) = read(&mut reader) {
            let manner = (self.acts)(&asked);
            self.asked.lock().unwrap().push(asked);
            match manner {
                Manner::Answers(status, headers, body) => {
                    let more: Vec<String> =
                        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
                    let more = more.concat();
                    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{more}\r\n", body.len());
                    if write(stream, &[head.as_bytes(), body.as_bytes()].concat()).is_none() {
                        return;
                    }
                }
                Manner::Silent => {
                    self.open.lock().unwrap().push(stream.try_clone().unwrap());
                    return;
                }
                Manner::Closes => return drop(stream.shutdown(Shutdown::Both)),
                Manner::Half(status) => {
                    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: 100\r\n\r\n{{\"id\":");
                    write(stream, head.as_bytes());
                    return drop(stream.shutdown(Shutdown::Both));
                }
                Manner::Endless => {
                    write(stream, b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n");
                    while write(stream, b"400\r\n").is_some() && write(stream, &[b'x'; 1024]).is_some() {
                        write(stream, b"\r\n");
                    }
                    return;
                }
            }
        }
    }
}

fn write(mut stream: &TcpStream, bytes: &[u8]) -> Option<()> {
    stream.write_all(bytes).ok()
}

fn read(reader: &mut BufReader<&TcpStream>) -> Option<Asked> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let mut asked = Asked { method: words.next()?, target: words.next()?, ..Asked::default() };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        asked.headers.push((name.to_owned(), value.to_owned()));
    }
    let length = asked.header("content-length").parse().unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    asked.body = String::from_utf8(body).unwrap();
    Some(asked)
}
