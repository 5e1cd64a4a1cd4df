//! The `SQLite` engine: one file, one writer thread with group commit, readers beside it.

mod backup;

mod catalog;
mod connect;
mod copy;
mod fault;
mod inspect;
mod job;
mod keys;
mod lock;
mod maintenance;
mod migrate;
mod prompts;
mod readers;
mod recordings;
mod reports;
mod responses;
mod restore;
mod settings;
mod statements;
mod threads;
mod writer;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::mpsc;

use crate::storage::board::Board;
use connect::Opener;
use fault::Failure;
use job::{Waiting, gone, job};
use readers::Readers;

use super::{StorageError, StoreFuture};
use crate::foundation::Clock;

pub use copy::{open_source, open_target};
pub use inspect::{Finding, inspect, status};
pub use lock::ServerLock;
pub use migrate::newest_schema;
pub use restore::{Restored, restore};
pub use settings::SqliteSettings;

/// Writes that may wait for the writer before the next caller has to wait with its request.
const WRITE_QUEUE: usize = 4_096;

/// A `SQLite` database, open. Dropping it finishes the writes in hand and closes the file.
pub struct SqliteStorage {
    opener: Opener,
    board: Arc<Board>,
    lanes: Option<Lanes>,
    writer_thread: Mutex<Option<JoinHandle<()>>>,
}

/// The queues to the threads.
struct Lanes {
    writes: mpsc::Sender<Waiting>,
    short_reads: Readers,
    long_reads: Readers,
}

impl SqliteStorage {
    /// Opens the database, makes it if it is not there, and brings it to this program's schema: there is no other way
    /// to a handle that can write.
    pub fn open(settings: &SqliteSettings, clock: Arc<dyn Clock>) -> Result<Arc<Self>, StorageError> {
        inspect::space(&settings.path, settings.free_space_min_bytes)?;
        let opener = Opener { settings: Arc::new(settings.clone()), clock };
        let doing = format!("cannot open {}", settings.path.display());
        let link = opener.writer(true).map_err(|fault| fault.error(&doing))?;
        migrate::migrate(&link.conn, opener.path(), &*opener.clock).map_err(|fault| fault.error(&doing))?;
        let board = Arc::new(Board::default());
        let short_reads = Readers::start(&opener, "ac-db-read", settings.readers)?;
        let patient = SqliteSettings { statement_timeout: settings.report_timeout, ..settings.clone() };
        let patient = Opener { settings: Arc::new(patient), ..opener.clone() };
        let long_reads = Readers::start(&patient, "ac-db-report", 1)?;
        let (writes, queue) = mpsc::channel(WRITE_QUEUE);
        let worker = writer::Writer::new(opener.clone(), link, Arc::clone(&board));
        let writer_thread = threads::start("ac-db-write", move || worker.work(queue))?;
        Ok(Arc::new(Self {
            opener,
            board,
            lanes: Some(Lanes { writes, short_reads, long_reads }),
            writer_thread: Mutex::new(Some(writer_thread)),
        }))
    }

    /// Makes the writer panic with its next batch in hand, for drills. Nobody loses anything by it.
    pub fn crash_writer(&self) {
        self.board.ask_for_crash();
    }

    /// Hands work to the writer; the future is ready when it is durable.
    fn write<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnMut(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        send(self.lanes.as_ref().map(|lanes| &lanes.writes), doing, work)
    }

    /// Hands work to a reader for short reads.
    fn read<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnMut(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        send(self.lanes.as_ref().map(|lanes| &lanes.short_reads.queue), doing, work)
    }

    /// Hands work to the reader for lists and reports.
    fn read_long<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnMut(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        send(self.lanes.as_ref().map(|lanes| &lanes.long_reads.queue), doing, work)
    }
}

fn send<'a, T: Send + 'static>(
    lane: Option<&'a mpsc::Sender<Waiting>>,
    doing: &'static str,
    work: impl FnMut(&Connection) -> Result<T, Failure> + Send + 'static,
) -> StoreFuture<'a, T> {
    Box::pin(async move {
        let (waiting, result) = job(doing, work);
        lane.ok_or_else(|| gone(doing))?.send(waiting).await.map_err(|_| gone(doing))?;
        result.await.map_err(|_| gone(doing))?
    })
}

impl Drop for SqliteStorage {
    fn drop(&mut self) {
        let Some(Lanes { writes, short_reads, long_reads }) = self.lanes.take() else { return };
        // Readers first: the last connection to close should be the writer's, which can tidy the log away.
        drop((short_reads.queue, long_reads.queue));
        for thread in short_reads.threads.into_iter().chain(long_reads.threads) {
            drop(thread.join());
        }
        drop(writes);
        let writer = self.writer_thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            drop(writer.join());
        }
    }
}

impl fmt::Debug for SqliteStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStorage").field("path", &self.opener.path()).finish_non_exhaustive()
    }
}
