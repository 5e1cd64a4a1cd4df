//! Opens connections: all addresses of the name at once, TLS, login, the settings of the session. After a failure no
//! one dials until its pause is over, and then one at a time until one gets through: of many at once, a server that is
//! slow to take anybody in takes in nobody. Who asks meanwhile is told the failure at once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::net::sockopt;
use tiberius::error::Error;
use tiberius::{AuthMethod, Client, Config, EncryptionLevel, SqlBrowser};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_util::compat::TokioAsyncWriteCompatExt;

use super::fault::{Failure, Fault};
use super::link::{Answers, Link, Wire};
use super::packed::TextUnits;
use super::responses::all;
use super::settings::{Encrypt, Endpoint, MssqlSettings, Trust};
use super::statements::SESSION;
use crate::foundation::{Chance, Clock};
use crate::storage::StorageErrorKind;
use crate::storage::columns::Columns;

/// A silent peer is asked for a sign of life after this long, so often, this many times: a dead line is known within
/// some 20 s though nobody uses it.
const KEEPALIVE: (Duration, Duration, u32) = (Duration::from_secs(10), Duration::from_secs(3), 3);
/// How long sent bytes may stay unacknowledged before the system gives the line up, in milliseconds.
const UNACKNOWLEDGED_MS: u32 = 8_000;

/// Opens connections to one database, all alike.
pub(super) struct Dialer {
    pub(super) settings: MssqlSettings,
    pub(super) clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    /// Rises when a line breaks: connections of an older generation are most likely dead too (a failover ends them all),
    /// and are dropped without being tried one by one.
    generation: AtomicU64,
    trouble: Mutex<Option<Trouble>>,
    /// Held by the one who dials after a failure.
    trying: tokio::sync::Mutex<()>,
    /// Wakes those who wait for a connection that could not be made.
    pub(super) failed: Notify,
}

/// The last failure to connect.
struct Trouble {
    fault: Fault,
    failures: u32,
    /// Monotonic time before which nobody dials again.
    again_at: Duration,
}

impl Dialer {
    pub(super) fn new(settings: MssqlSettings, clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Self {
        Self {
            settings,
            clock,
            chance,
            generation: AtomicU64::new(0),
            trouble: Mutex::default(),
            trying: tokio::sync::Mutex::default(),
            failed: Notify::new(),
        }
    }

    /// The database for messages.
    pub(super) fn place(&self) -> String {
        self.settings.place()
    }

    /// Notes that a connection broke.
    pub(super) fn broke(&self, link: &Link) {
        let next = link.generation + 1;
        self.generation.fetch_max(next, Ordering::AcqRel);
    }

    /// Whether a connection is from before the last break.
    pub(super) fn is_old(&self, link: &Link) -> bool {
        link.generation < self.generation.load(Ordering::Acquire)
    }

    /// The last failure, if no connection was made since.
    pub(super) fn trouble(&self) -> Option<Fault> {
        self.lock().as_ref().map(|trouble| trouble.fault.clone())
    }

    /// Opens a connection, or says at once why the last try failed while its pause lasts.
    pub(super) async fn connect(&self) -> Result<Link, Fault> {
        let _trying = match self.trouble() {
            None => None,
            Some(fault) => match self.trying.try_lock() {
                Ok(trying) if !self.is_pausing() => Some(trying),
                _ => {
                    self.failed.notify_waiters();
                    return Err(fault);
                }
            },
        };
        let limit = self.settings.connect_timeout;
        let dialled = match timeout(limit, Box::pin(self.dial())).await {
            Ok(dialled) => dialled,
            Err(_) => Err(Failure::Late(limit)),
        };
        match dialled {
            Ok(link) => {
                *self.lock() = None;
                Ok(link)
            }
            Err(failure) => Err(self.note(Fault::of_dial(failure, &self.place()))),
        }
    }

    /// Whether the pause after the last failure lasts.
    fn is_pausing(&self) -> bool {
        self.lock().as_ref().is_some_and(|trouble| self.clock.monotonic() < trouble.again_at)
    }

    fn note(&self, fault: Fault) -> Fault {
        let mut trouble = self.lock();
        let failures = trouble.as_ref().map_or(1, |trouble| trouble.failures.saturating_add(1));
        let pause = self.settings.backoff.delay(failures, &*self.chance);
        let again_at = self.clock.monotonic() + pause;
        *trouble = Some(Trouble { fault: fault.clone(), failures, again_at });
        drop(trouble);
        self.failed.notify_waiters();
        fault
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Trouble>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn dial(&self) -> Result<Link, Failure> {
        let generation = self.generation.load(Ordering::Acquire);
        let wire = Box::pin(self.log_in()).await?;
        let mut link = Link::new(wire, self.settings.connect_timeout, generation, self.clock.monotonic());
        link.text_units = text_units(link.batch(&self.session()).await?)?;
        link.set_limit(self.settings.statement_timeout);
        Ok(link)
    }

    /// Logs in; follows one hint that the database is elsewhere (read-only routing, Azure's gateway).
    async fn log_in(&self) -> Result<Wire, Failure> {
        let mut config = self.config()?;
        match Box::pin(open(&config)).await {
            Err(Error::Routing { host, port }) => {
                config.host(host);
                config.port(port);
                Ok(Box::pin(open(&config)).await?)
            }
            opened => Ok(opened?),
        }
    }

    fn config(&self) -> Result<Config, Failure> {
        let from = &self.settings;
        let mut config = Config::new();
        config.host(&from.host);
        match &from.endpoint {
            Endpoint::Port(port) => config.port(*port),
            Endpoint::Instance(name) => config.instance_name(name),
        }
        config.database(&from.database);
        config.authentication(AuthMethod::sql_server(&from.user, from.password.expose()));
        config.application_name(&from.application_name);
        config.encryption(match from.encrypt {
            Encrypt::Off => EncryptionLevel::NotSupported,
            Encrypt::Login => EncryptionLevel::Off,
            Encrypt::Full => EncryptionLevel::Required,
            Encrypt::Strict => EncryptionLevel::Strict,
        });
        match &from.trust {
            Trust::System => {}
            Trust::Any => config.trust_cert(),
            Trust::File(path) => match std::fs::read(path) {
                Ok(pem) => config.trust_cert_ca_bundle(pem),
                Err(error) => {
                    let what = format!("cannot read {}: {error}; set database.ca_file", path.display());
                    return Err(Failure::Own(StorageErrorKind::Unavailable, what));
                }
            },
        }
        // All addresses of a listener's or cluster's name at once: the one that answers is the one that is up.
        config.multi_subnet_failover(true);
        config.handshake_timeout(Some(from.connect_timeout));
        // Every request has a limit of its own (`Link`), over the whole of it.
        config.command_timeout(None);
        Ok(config)
    }

    /// The settings of a session. Who waits for a lock is told so by the server before its own time is over.
    fn session(&self) -> String {
        let wait = self.settings.statement_timeout.as_millis().saturating_mul(3) / 4;
        format!("SET LOCK_TIMEOUT {wait};\n{SESSION}")
    }
}

/// How long the database finds a character outside the basic plane, which the settings of a session end with asking.
fn text_units(answers: Answers) -> Result<TextUnits, Failure> {
    let lengths: Vec<i64> = all(answers, Columns::get)?;
    Ok(if lengths == [1] { TextUnits::Characters } else { TextUnits::Utf16 })
}

async fn open(config: &Config) -> Result<Wire, Error> {
    let line = TcpStream::connect_named(config).await?;
    keep_watch(&line).map_err(std::io::Error::from)?;
    Box::pin(Client::connect(config.clone(), line.compat_write())).await
}

/// A peer that vanished without a word is noticed.
fn keep_watch(line: &TcpStream) -> rustix::io::Result<()> {
    let (idle, every, times) = KEEPALIVE;
    sockopt::set_socket_keepalive(line, true)?;
    sockopt::set_tcp_keepidle(line, idle)?;
    sockopt::set_tcp_keepintvl(line, every)?;
    sockopt::set_tcp_keepcnt(line, times)?;
    sockopt::set_tcp_user_timeout(line, UNACKNOWLEDGED_MS)
}
