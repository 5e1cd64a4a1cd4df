//! The spool: a node goes on serving callers while the database is away.
//!
//! [`SpooledStorage`] stands before the database. As long as that answers, everything goes to it. When it does not (in time),
//! what callers do is kept durably in a file of this node before it is acknowledged, in order; what has to be known for
//! that (versions, keys, prompts, calls in progress) comes from the same file and from memory. Once the database is back,
//! the entries are replayed in their order; every one carries a key, so one that was stored already is stored once.

mod entry;
mod file;
mod flow;
mod links;
mod lists;
mod merge;
mod pass;
mod pass_mail;
mod pass_outbox;
mod recent;
mod replay;
mod settings;
mod statements;
mod vitals;

use std::fmt;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::RwLock;

use file::SpoolFile;
use recent::Recent;

use super::{Storage, StorageError, StorageErrorKind, StoreFuture};
use crate::foundation::Clock;

pub use settings::SpoolSettings;
pub use vitals::SpoolVitals;

/// What looks after the spool.
pub trait SpoolStore: Send + Sync {
    /// One round: where the database is away, sees whether it is back; when it is, replays what was spooled until nothing is
    /// left. To be called again and again.
    fn tend(&self) -> StoreFuture<'_, ()>;

    /// How the spool is; answers at once.
    fn spool_vitals(&self) -> SpoolVitals;
}

/// Where writes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// To the database.
    Direct,
    /// To the spool: the database is away.
    Away,
    /// To the spool: the database is back, and older entries have to be stored first.
    Returning,
}

/// A database with a spool before it.
pub struct SpooledStorage {
    primary: Arc<dyn Storage>,
    file: SpoolFile,
    clock: Arc<dyn Clock>,
    patience: Duration,
    bytes_max: u64,
    mode: AtomicU8,
    /// Held for reading while an entry is added, for writing while the last ones are replayed: in between, no entry can
    /// slip behind the return to the database.
    gate: RwLock<()>,
    recent: Mutex<Recent>,
    links: Mutex<links::RecentLinks>,
    lists: Mutex<lists::Stamps>,
    tally: vitals::Tally,
    trouble: Mutex<Option<vitals::Trouble>>,
    used: AtomicU64,
}

impl SpooledStorage {
    /// Puts a spool before `primary`. What stands in its file from before is replayed first.
    pub async fn open(
        primary: Arc<dyn Storage>,
        settings: &SpoolSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, StorageError> {
        let file = SpoolFile::open(settings, &clock)?;
        let figures = file.figures().await?;
        let stamps = lists::Stamps::of_file(&file).await?;
        let spooled = Self {
            primary,
            file,
            clock,
            patience: settings.patience,
            bytes_max: settings.bytes_max,
            mode: AtomicU8::new(0),
            gate: RwLock::new(()),
            recent: Mutex::default(),
            links: Mutex::default(),
            lists: Mutex::new(stamps),
            tally: vitals::Tally::default(),
            trouble: Mutex::default(),
            used: AtomicU64::new(figures.bytes),
        };
        spooled.tally.set(&figures);
        spooled.tally.set_damaged(spooled.file.damaged().len());
        if figures.entries > 0 {
            spooled.remember_entries().await?;
            spooled.set_mode(Mode::Away);
            tracing::info!(
                entries = figures.entries,
                "the spool holds entries of an earlier run; they are replayed"
            );
        }
        Ok(Arc::new(spooled))
    }

    /// Whether enough was kept of the database to serve callers without it.
    pub fn can_serve_alone(&self) -> bool {
        lock(&self.lists).has_catalog()
    }

    fn mode(&self) -> Mode {
        match self.mode.load(Ordering::Acquire) {
            0 => Mode::Direct,
            1 => Mode::Away,
            _ => Mode::Returning,
        }
    }

    fn set_mode(&self, mode: Mode) {
        let number = match mode {
            Mode::Direct => 0,
            Mode::Away => 1,
            Mode::Returning => 2,
        };
        self.mode.store(number, Ordering::Release);
    }

    /// Notes that the database is away, and why.
    pub fn leave(&self, error: &StorageError) {
        let was = self.mode();
        self.set_mode(Mode::Away);
        let mut trouble = lock(&self.trouble);
        if trouble.is_none() {
            tracing::error!(error = %error, "the database is away: what callers do is spooled on this node until it is back");
            self.tally.left();
        } else if was == Mode::Returning {
            tracing::warn!(error = %error, "the database went away again");
        }
        let since = trouble.as_ref().map_or(self.clock.now(), |trouble| trouble.since);
        *trouble = Some(vitals::Trouble { since, error: error.to_string() });
    }

    /// Asks the database for what a caller waits for, but not for longer than a caller can.
    async fn attempt<T>(&self, work: StoreFuture<'_, T>) -> Result<T, StorageError> {
        if let Ok(done) = tokio::time::timeout(self.patience, work).await {
            return done;
        }
        let what = format!("it did not answer within {} ms", self.patience.as_millis());
        Err(StorageError::new(StorageErrorKind::TimedOut, "cannot ask the database", what))
    }
}

/// Whether a failure means that the database as a whole cannot be used now, rather than that this one thing is wrong.
fn is_away(error: &StorageError) -> bool {
    use StorageErrorKind::{Duplicate, Internal, NewerSchema, SpoolFull};
    !matches!(error.kind, Duplicate | Internal | NewerSchema | SpoolFull)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for SpooledStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpooledStorage").field("mode", &self.mode()).finish_non_exhaustive()
    }
}
