//! A line between the program and its database that can be broken in every way lines break.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::net::sockopt::set_socket_linger;

/// How often a pump that has nothing to do looks whether the line was changed.
const LOOK: Duration = Duration::from_millis(5);

/// How the line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Everything passes.
    Fine,
    /// Connections are closed, new ones refused after a moment.
    Cut,
    /// Connections are accepted and nothing passes.
    Frozen,
    /// Who is connected goes on; who comes is kept waiting.
    Full,
    /// Every packet takes this long.
    Slow(Duration),
}

struct State {
    line: Mutex<Line>,
    /// Statements to be reset half way.
    halves: AtomicUsize,
    /// Commits whose acknowledgement is to be lost.
    commits: AtomicUsize,
    /// Those who came while the line was full.
    waiting: Mutex<Vec<TcpStream>>,
    stopped: AtomicBool,
    target: SocketAddr,
}

/// The line.
pub struct Proxy {
    state: Arc<State>,
    address: SocketAddr,
}

impl Proxy {
    /// A line to `target`, fine.
    pub fn to(target: SocketAddr) -> Self {
        Self::at("127.0.0.1", target)
    }

    /// The same at another address of this machine.
    pub fn at(host: &str, target: SocketAddr) -> Self {
        Self::on(TcpListener::bind((host, 0)).unwrap(), target)
    }

    /// The same for those who come to a listener that is there already.
    pub fn on(listener: TcpListener, target: SocketAddr) -> Self {
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            line: Mutex::new(Line::Fine),
            halves: AtomicUsize::new(0),
            commits: AtomicUsize::new(0),
            waiting: Mutex::default(),
            stopped: AtomicBool::new(false),
            target,
        });
        let serving = Arc::clone(&state);
        listener.set_nonblocking(true).unwrap();
        std::thread::spawn(move || accept(&listener, &serving));
        Self { state, address }
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn set(&self, line: Line) {
        *self.state.line.lock().unwrap() = line;
    }

    /// Resets the next connections in the midst of a statement.
    pub fn reset_statements(&self, count: usize) {
        self.state.halves.store(count, Ordering::SeqCst);
    }

    /// Lets the next commits through, and loses what the server says to them.
    pub fn lose_acknowledgements(&self, count: usize) {
        self.state.commits.store(count, Ordering::SeqCst);
    }

    /// How many came while the line was full, and how many of them still wait.
    pub fn waiting(&self) -> (usize, usize) {
        let waiting = self.state.waiting.lock().unwrap();
        let still = |client: &&TcpStream| {
            client.peek(&mut [0]).is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
        };
        (waiting.len(), waiting.iter().filter(still).count())
    }

    /// Whether everything that was to be broken was.
    pub fn is_spent(&self) -> bool {
        self.state.halves.load(Ordering::SeqCst) == 0 && self.state.commits.load(Ordering::SeqCst) == 0
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
    }
}

impl State {
    fn line(&self) -> Line {
        *self.line.lock().unwrap()
    }

    fn is_over(&self) -> bool {
        self.stopped.load(Ordering::SeqCst) || self.line() == Line::Cut
    }
}

fn accept(listener: &TcpListener, state: &Arc<State>) {
    while !state.stopped.load(Ordering::SeqCst) {
        match listener.accept() {
            Ok((client, _)) => match state.line() {
                Line::Cut => {}
                Line::Full => {
                    client.set_nonblocking(true).unwrap();
                    state.waiting.lock().unwrap().push(client);
                }
                Line::Fine | Line::Frozen | Line::Slow(_) => {
                    if let Ok(server) = TcpStream::connect(state.target) {
                        connect(&client, &server, state);
                    }
                }
            },
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::park_timeout(LOOK),
            Err(_) => return,
        }
    }
}

/// Two pumps, one for each direction; what one sees, the other may have to act on.
fn connect(client: &TcpStream, server: &TcpStream, state: &Arc<State>) {
    let commits = Arc::new(AtomicBool::new(false));
    for (from, to, is_up) in [(client, server, true), (server, client, false)] {
        let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
        from.set_nonblocking(false).unwrap();
        from.set_read_timeout(Some(LOOK)).unwrap();
        to.set_nodelay(true).unwrap();
        let pump = Pump { from, to, is_up, state: Arc::clone(state), commits: Arc::clone(&commits) };
        std::thread::spawn(move || pump.run());
    }
}

struct Pump {
    from: TcpStream,
    to: TcpStream,
    is_up: bool,
    state: Arc<State>,
    /// A commit went up on this connection, and nothing came down since.
    commits: Arc<AtomicBool>,
}

impl Pump {
    fn run(mut self) {
        let mut buffer = vec![0; 64 * 1024];
        while !self.state.is_over() {
            match self.from.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => {
                    if !self.pass(&buffer[..read]) {
                        return self.reset();
                    }
                }
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(_) => break,
            }
        }
        drop(self.from.shutdown(Shutdown::Both));
        drop(self.to.shutdown(Shutdown::Both));
    }

    /// Passes bytes on as the line is; false when the connection is to be reset.
    fn pass(&mut self, bytes: &[u8]) -> bool {
        while self.state.line() == Line::Frozen && !self.state.is_over() {
            std::thread::park_timeout(LOOK);
        }
        if let Line::Slow(wait) = self.state.line() {
            let until = Instant::now() + wait;
            while Instant::now() < until {
                std::thread::park_timeout(until - Instant::now());
            }
        }
        if self.is_up {
            if is_statement(bytes) && spend(&self.state.halves) {
                drop(self.to.write_all(&bytes[..bytes.len() / 2]));
                return false;
            }
            self.commits.store(holds_commit(bytes), Ordering::SeqCst);
        } else if self.commits.swap(false, Ordering::SeqCst) && spend(&self.state.commits) {
            return false;
        }
        self.to.write_all(bytes).is_ok()
    }

    /// Ends both sides with RST.
    fn reset(&self) {
        for side in [&self.from, &self.to] {
            // Gone already, or gone now.
            let _ = set_socket_linger(side, Some(Duration::ZERO));
            let _ = side.shutdown(Shutdown::Both);
        }
    }
}

/// A request of the flow, not a login or a probe.
fn is_statement(bytes: &[u8]) -> bool {
    bytes.len() > 1_000
}

/// `COMMIT` as the protocol writes texts.
fn holds_commit(bytes: &[u8]) -> bool {
    let word: Vec<u8> = "COMMIT".encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(word.len()).any(|window| window == word)
}

/// Takes one, if there is one left.
fn spend(left: &AtomicUsize) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |count| count.checked_sub(1)).is_ok()
}
