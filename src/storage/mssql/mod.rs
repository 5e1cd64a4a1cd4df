//! The SQL Server engine (2016 and later): a pool of connections, and a few writers that store what callers do in
//! batches, one transaction and one round trip each (group commit).
//!
//! All of it runs on a thread of the engine's own: a caller who gives up cuts nothing off in the midst.

mod accounts;
mod archive;
mod batch;
mod catalog;
mod change;
mod copy;
mod dial;
mod fault;
mod inspect;
mod invites;
mod keys;
mod leases;
mod link;
mod links;
mod maintenance;
mod migrate;
mod nodes;
mod outbox;
mod packed;
mod pool;
mod prompts;
mod recordings;
mod report_mail;
mod reports;
mod responses;
mod rollups;
mod room;
mod runtime;
mod settings;
mod statements;
mod value;
mod writer;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OnceCell, Semaphore};
use tokio_util::sync::CancellationToken;

use change::{Change, Made};
use dial::Dialer;
use fault::{Failure, Fault, Remedy};
use leases::LeaseLine;
use link::Answers;
use pool::Pool;
use runtime::Runtime;
use value::Value;
use writer::Writers;

use super::{StorageError, StorageErrorKind, StoreFuture};
use crate::foundation::{Backoff, Chance, Clock};

pub use copy::{open_source, open_target};
pub use inspect::{Finding, inspect, status};
pub use settings::{Encrypt, Endpoint, MssqlSettings, Trust};

/// Lists and reports at once: a long one never takes the connections that calls need.
const LONG_READS: usize = 2;
/// How often the same is tried after a deadlock or the like.
const TRIES: u32 = 4;
/// Waits between those tries: of two that met, one goes first.
const AGAIN: Backoff = Backoff { min: Duration::from_millis(20), max: Duration::from_millis(200) };

tokio::task_local! {
    /// Cancelled when nobody waits for this work any more.
    static CALLER: CancellationToken;
}

/// A SQL Server database, open. Dropping it finishes the writes in hand and closes the connections.
pub struct MssqlStorage {
    engine: Arc<Engine>,
    writers: Option<Writers>,
    runtime: Runtime,
}

/// What all work on the engine's thread shares.
struct Engine {
    dialer: Arc<Dialer>,
    pool: Pool,
    chance: Arc<dyn Chance>,
    long_reads: Semaphore,
    leases: LeaseLine,
    /// Set once the schema is this program's.
    prepared: OnceCell<()>,
}

impl MssqlStorage {
    /// Connects, and brings the database to this program's schema.
    pub fn open(
        settings: &MssqlSettings,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Arc<Self>, StorageError> {
        let storage = Self::start(settings, clock, chance)?;
        storage.prepare()?;
        Ok(storage)
    }

    /// The same without a word to the server: whatever is asked first connects and prepares the schema. For a node that
    /// has to serve its callers while the server is away.
    pub fn start(
        settings: &MssqlSettings,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Arc<Self>, StorageError> {
        let runtime = Runtime::start()?;
        let dialer = Arc::new(Dialer::new(settings.clone(), clock, Arc::clone(&chance)));
        let pool = runtime.within(|| Pool::new(&dialer));
        let engine = Arc::new(Engine {
            dialer,
            pool,
            chance,
            long_reads: Semaphore::new(LONG_READS),
            leases: LeaseLine::default(),
            prepared: OnceCell::new(),
        });
        let writers = Writers::start(&engine, &runtime);
        Ok(Arc::new(Self { engine, writers: Some(writers), runtime }))
    }

    /// Brings the database to this program's schema; waits for it.
    pub fn prepare(&self) -> Result<(), StorageError> {
        let engine = Arc::clone(&self.engine);
        let doing = format!("cannot open {}", engine.dialer.place());
        let prepared = self.runtime.wait_for(async move { engine.prepare().await });
        prepared.ok_or_else(|| gone(&doing))?.map_err(|fault| fault.error(&doing))
    }

    /// Runs work on the engine's thread. Once it has a connection it goes on though the caller no longer waits; before, it
    /// leaves its place to others.
    fn run<T, F>(&self, doing: &'static str, work: impl FnOnce(Arc<Engine>) -> F) -> StoreFuture<'_, T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Fault>> + Send + 'static,
    {
        let caller = CancellationToken::new();
        let task = self.runtime.spawn(CALLER.scope(caller.clone(), work(Arc::clone(&self.engine))));
        let waits = caller.drop_guard();
        Box::pin(async move {
            let _waits = waits;
            let done = task.await.map_err(|_| gone(doing))?;
            done.map_err(|fault| fault.error(doing))
        })
    }

    /// A short read: all rows of all its statements, made into what the caller wants.
    fn read<T: Send + 'static>(
        &self,
        doing: &'static str,
        sql: &'static str,
        values: Vec<Value>,
        make: impl FnOnce(Answers) -> Result<T, Failure> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        self.run(doing, move |engine| async move {
            let answers = engine.ask(Statement::Prepared(sql), &values, None).await?;
            make(answers).map_err(|failure| engine.fault(failure))
        })
    }

    /// A change that is made as a whole, or not at all.
    fn change<T: Send + 'static>(
        &self,
        doing: &'static str,
        change: Change,
        read: impl FnOnce(Made) -> Result<T, Failure> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        self.run(doing, move |engine| async move {
            let made = engine.make(&change).await?;
            read(made).map_err(|failure| engine.fault(failure))
        })
    }
}

impl MssqlStorage {
    /// A change that adds what is not there yet: where somebody else added it at the same moment, it is made once more, and
    /// finds it.
    fn adds<T: Send + 'static>(
        &self,
        doing: &'static str,
        change: Change,
        read: impl FnOnce(Made) -> Result<T, Failure> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        self.run(doing, move |engine| async move {
            let made = match engine.make(&change).await {
                Err(fault) if fault.kind == StorageErrorKind::Duplicate => engine.make(&change).await?,
                made => made?,
            };
            read(made).map_err(|failure| engine.fault(failure))
        })
    }
}

impl Engine {
    fn fault(&self, failure: Failure) -> Fault {
        Fault::of(failure, &self.dialer.place())
    }

    /// The schema is this program's, or becomes so now.
    async fn prepare(&self) -> Result<(), Fault> {
        self.prepared.get_or_try_init(|| migrate::migrate(self)).await.copied()
    }

    /// Reads; again on a new connection when the line broke, for a read may be repeated.
    async fn ask(
        &self,
        statement: Statement<'_>,
        values: &[Value],
        limit: Option<Duration>,
    ) -> Result<Answers, Fault> {
        self.prepare().await?;
        let mut tries = Tries::default();
        loop {
            let mut link = self.pool.take().await?;
            if let Some(limit) = limit {
                link.set_limit(limit);
            }
            let answered = match statement {
                Statement::Prepared(sql) => link.ask_prepared(sql, values).await,
                Statement::Once(sql) => link.ask(sql, values).await,
            };
            link.set_limit(self.dialer.settings.statement_timeout);
            match answered {
                Ok(answers) => {
                    link.used_at = self.dialer.clock.monotonic();
                    return Ok(answers);
                }
                Err(failure) => {
                    link.undo().await;
                    let fault = self.struck(&link, failure);
                    drop(link);
                    tries.again(self, fault).await?;
                }
            }
        }
    }

    /// Makes a change; again after a deadlock, and after a break once it is clear that it was not made.
    async fn make(&self, change: &Change) -> Result<Made, Fault> {
        self.prepare().await?;
        let (mut tries, mut in_doubt) = (Tries::default(), false);
        loop {
            let mut link = self.pool.take().await?;
            let made = async {
                if in_doubt && let Some(made) = change.was_made(&mut link).await? {
                    return Ok(made);
                }
                change.make(&mut link).await
            };
            match made.await {
                Ok(made) => {
                    link.used_at = self.dialer.clock.monotonic();
                    return Ok(made);
                }
                Err(failure) => {
                    link.undo().await;
                    let fault = self.struck(&link, failure);
                    drop(link);
                    in_doubt |= fault.remedy == Remedy::Reconnect;
                    tries.again(self, fault).await?;
                }
            }
        }
    }

    /// What a failure on a connection means; where the connection broke, all others are suspect too. One slow statement
    /// condemns its own connection only.
    fn struck(&self, link: &link::Link, failure: Failure) -> Fault {
        let fault = self.fault(failure);
        if fault.remedy == Remedy::Reconnect && fault.kind != StorageErrorKind::TimedOut {
            self.dialer.broke(link);
        }
        fault
    }
}

/// A statement to ask.
#[derive(Debug, Clone, Copy)]
enum Statement<'a> {
    /// One of calls in progress: the server reads it once for each connection.
    Prepared(&'static str),
    /// Any other: the server reads it whenever it comes, and plans it for the values it comes with.
    Once(&'a str),
}

/// How often the same was tried, and whether it may be tried again.
#[derive(Default)]
struct Tries {
    in_the_way: u32,
    broken: u32,
}

impl Tries {
    /// Waits for the next try; the fault when there is none.
    async fn again(&mut self, engine: &Engine, fault: Fault) -> Result<(), Fault> {
        match fault.remedy {
            Remedy::RetryNow | Remedy::RetryAfter if self.in_the_way < TRIES => {
                self.in_the_way += 1;
                let turn = self.in_the_way + u32::from(fault.remedy == Remedy::RetryAfter);
                tokio::time::sleep(AGAIN.delay(turn, &*engine.chance)).await;
                Ok(())
            }
            // Once: a server that is really away is waited for by others, not by a caller with seconds of patience. One
            // that did not answer in time is not asked a second time for the same.
            Remedy::Reconnect if self.broken == 0 && fault.kind != StorageErrorKind::TimedOut => {
                self.broken += 1;
                Ok(())
            }
            _ => Err(fault),
        }
    }
}

/// The error when the engine's thread is no more, or the work ended without a word.
fn gone(doing: &str) -> StorageError {
    StorageError::new(
        StorageErrorKind::Unavailable,
        doing,
        "the database's thread ended while it had this in hand; try again",
    )
}

impl Drop for MssqlStorage {
    fn drop(&mut self) {
        // Writers end when nobody can ask them any more and what they have in hand is done.
        if let Some(writers) = self.writers.take() {
            writers.finish(&self.runtime);
        }
    }
}

impl fmt::Debug for MssqlStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MssqlStorage").field("place", &self.engine.dialer.place()).finish_non_exhaustive()
    }
}
