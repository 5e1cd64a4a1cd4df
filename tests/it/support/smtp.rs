//! A mail server that takes letters, or does not, as a test wants it: a real line, the state machine of a library for servers.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use aftercall::foundation::{MailSettings, MailTls, Secret};
use mail_parser::{Message, MessageParser};
use mailin::{Action, AuthMechanism, Handler, Response, SessionBuilder, response};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::until;

/// Who may log in, where logging in is asked for.
pub const LOGIN: (&str, &str) = ("surveys", "open sesame");

/// A letter as it came.
#[derive(Debug, Clone)]
pub struct Got {
    pub from: String,
    pub to: Vec<String>,
    pub bytes: Vec<u8>,
    pub encrypted: bool,
    pub login: bool,
}

impl Got {
    pub fn parsed(&self) -> Message<'_> {
        MessageParser::default().parse(&self.bytes).unwrap()
    }

    /// Its plain words, with blanks in place of those that hold words together.
    pub fn text(&self) -> String {
        self.parsed().body_text(0).unwrap().replace("\r\n", "\n").replace('\u{a0}', " ")
    }

    pub fn html(&self) -> String {
        self.parsed().body_html(0).unwrap().into_owned()
    }
}

/// What the server does with whom.
#[derive(Debug, Clone, Default)]
pub struct Manners {
    /// Addresses that are refused, by this code.
    pub refused: HashMap<String, u16>,
    /// How it answers a letter, if not well.
    pub answer: Option<u16>,
    /// Says nothing of a letter until it has other manners.
    pub holds: bool,
    /// Takes letters and breaks the line instead of saying so.
    pub breaks: bool,
}

#[derive(Default)]
struct Shared {
    got: Mutex<Vec<Got>>,
    manners: Mutex<Manners>,
    ended: AtomicBool,
    lines: Mutex<u32>,
    letters: AtomicU32,
}

/// The server; it ends when it is dropped.
pub struct PostOffice {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl PostOffice {
    /// Without encryption, at any port.
    pub fn open() -> Self {
        Self::at(0, None)
    }

    /// At a port; with a certificate it offers STARTTLS, and lets in who logs in only.
    pub fn at(port: u16, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if of_thread.ended.load(Ordering::Acquire) {
                    return;
                }
                let (shared, tls) = (Arc::clone(&of_thread), tls.clone());
                *shared.lines.lock().unwrap() += 1;
                // A line that a client breaks is none of the test's concern.
                std::thread::spawn(move || drop(serve(stream.unwrap(), tls.as_ref(), &shared)));
            }
        });
        Self { address, shared, thread: Some(thread) }
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// All letters so far.
    pub fn got(&self) -> Vec<Got> {
        self.shared.got.lock().unwrap().clone()
    }

    /// How many lines were opened to it.
    pub fn lines(&self) -> u32 {
        *self.shared.lines.lock().unwrap()
    }

    /// How many letters came, whatever became of them.
    pub fn letters(&self) -> u32 {
        self.shared.letters.load(Ordering::Acquire)
    }

    pub fn behaves(&self, manners: Manners) {
        *self.shared.manners.lock().unwrap() = manners;
    }

    /// How a node reaches it.
    pub fn settings(&self) -> MailSettings {
        settings(self.port())
    }
}

impl Drop for PostOffice {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Release);
        drop(TcpStream::connect(self.address));
        drop(self.thread.take().unwrap().join());
    }
}

/// Of a server at this port of this machine, without encryption.
pub fn settings(port: u16) -> MailSettings {
    MailSettings {
        host: "127.0.0.1".into(),
        port,
        tls: MailTls::Off,
        login: None,
        from: "Surveys <surveys@example.com>".into(),
        ca_file: None,
        timeout: Duration::from_secs(20),
        every: Duration::from_millis(10),
        retry: Duration::from_mins(1),
    }
}

/// The same with encryption and a login.
pub fn secured(settings: MailSettings, ca_file: &Path) -> MailSettings {
    let login = Some((LOGIN.0.to_owned(), Secret::new(LOGIN.1.to_owned())));
    let (host, tls, ca_file) = ("localhost".to_owned(), MailTls::Starttls, Some(ca_file.to_owned()));
    MailSettings { host, tls, login, ca_file, ..settings }
}

/// An authority of one's own, written to a file, and a server with a certificate of it.
pub fn certified(ca_file: &Path) -> Arc<ServerConfig> {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority = rcgen::CertifiedIssuer::self_signed(params, key).unwrap();
    std::fs::write(ca_file, authority.pem()).unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.into());
    Arc::new(config.unwrap())
}

trait Line: Read + Write + Send {}
impl<T: Read + Write + Send> Line for T {}

fn serve(stream: TcpStream, tls: Option<&Arc<ServerConfig>>, shared: &Arc<Shared>) -> std::io::Result<()> {
    let clerk = |shared: &Arc<Shared>, encrypted: &Arc<AtomicBool>| Clerk {
        shared: Arc::clone(shared),
        encrypted: Arc::clone(encrypted),
        asks_login: tls.is_some(),
        ..Clerk::default()
    };
    let mut builder = SessionBuilder::new("post.example");
    if tls.is_some() {
        builder.enable_start_tls().enable_auth(AuthMechanism::Plain);
    }
    let (encrypted, peer) = (Arc::new(AtomicBool::new(false)), IpAddr::V4(Ipv4Addr::LOCALHOST));
    let mut session = builder.build(peer, clerk(shared, &encrypted));
    let socket = stream.try_clone()?;
    let mut line: BufReader<Box<dyn Line>> = BufReader::new(Box::new(stream));
    let mut reply = session.greeting();
    let mut bytes = Vec::new();
    loop {
        if reply.action != Action::NoReply {
            let mut written = Vec::new();
            reply.write_to(&mut written)?;
            line.get_mut().write_all(&written)?;
            line.get_mut().flush()?;
        }
        match (&reply.action, tls) {
            (Action::Close, _) => return socket.shutdown(Shutdown::Both),
            (Action::UpgradeTls, Some(tls)) => {
                let connection = ServerConnection::new(Arc::clone(tls)).unwrap();
                let plain = socket.try_clone()?;
                line = BufReader::new(Box::new(StreamOwned::new(connection, plain)));
                session.tls_active();
                encrypted.store(true, Ordering::Release);
            }
            _ => {}
        }
        bytes.clear();
        if line.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(());
        }
        reply = session.process(&bytes);
        if reply.code == BROKEN {
            return socket.shutdown(Shutdown::Both);
        }
        if bytes == b".\r\n" && reply.is_error {
            // The library goes on to take what comes as the letter's.
            session = builder.build(peer, clerk(shared, &encrypted));
            session.process(b"EHLO again\r\n");
        }
    }
}

/// A code that is never sent.
const BROKEN: u16 = 599;

/// Who takes the letters of one line.
#[derive(Default)]
struct Clerk {
    shared: Arc<Shared>,
    encrypted: Arc<AtomicBool>,
    asks_login: bool,
    login: bool,
    from: String,
    to: Vec<String>,
    bytes: Vec<u8>,
}

impl Clerk {
    fn manners(&self) -> Manners {
        self.shared.manners.lock().unwrap().clone()
    }
}

impl Handler for Clerk {
    fn auth_plain(&mut self, _: &str, user: &str, password: &str) -> Response {
        self.login = (user, password) == LOGIN;
        if self.login { response::AUTH_OK } else { response::INVALID_CREDENTIALS }
    }

    fn mail(&mut self, _: IpAddr, _: &str, from: &str) -> Response {
        if self.asks_login && !self.login {
            return response::AUTHENTICATION_REQUIRED;
        }
        (self.from, self.to, self.bytes) = (from.to_owned(), Vec::new(), Vec::new());
        response::OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        if let Some(code) = self.manners().refused.get(to) {
            return Response::custom(*code, "no such mailbox here".into());
        }
        self.to.push(to.to_owned());
        response::OK
    }

    fn data(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.bytes.extend(bytes);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        self.shared.letters.fetch_add(1, Ordering::AcqRel);
        until("the letter is answered", || !self.manners().holds);
        let manners = self.manners();
        if let Some(code) = manners.answer {
            return Response::custom(code, "not this letter".into());
        }
        self.shared.got.lock().unwrap().push(Got {
            from: self.from.clone(),
            to: std::mem::take(&mut self.to),
            bytes: std::mem::take(&mut self.bytes),
            encrypted: self.encrypted.load(Ordering::Acquire),
            login: self.login,
        });
        if manners.breaks { Response::custom(BROKEN, String::new()) } else { response::OK }
    }
}
