//! One file as the engine keeps it: one writer thread with group commit, readers beside it.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::mpsc;

use super::connect::Opener;
use super::fault::Failure;
use super::job::{Waiting, gone, job};
use super::migrate::Scheme;
use super::readers::Readers;
use super::{SqliteSettings, inspect, migrate, threads, writer};
use crate::foundation::Clock;
use crate::storage::board::Board;
use crate::storage::{StorageError, StorageVitals, StoreFuture};

/// Writes that may wait for the writer before the next caller has to wait with its request.
const WRITE_QUEUE: usize = 4_096;

/// A file, open. Dropping it finishes the writes in hand and closes it.
pub(in crate::storage) struct SqliteFile {
    pub(super) opener: Opener,
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

impl SqliteFile {
    /// Opens the file, makes it if it is not there, and brings it to its scheme's newest schema: there is no other way to a
    /// handle that can write.
    pub(in crate::storage) fn open(
        settings: &SqliteSettings,
        scheme: Scheme,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StorageError> {
        inspect::space(&settings.path, settings.free_space_min_bytes)?;
        let opener = Opener { settings: Arc::new(settings.clone()), clock, scheme };
        let doing = format!("cannot open {}", settings.path.display());
        let link = opener.writer(true).map_err(|fault| fault.error(&doing))?;
        let migrated = migrate::migrate(&scheme, &link.conn, opener.path(), &*opener.clock);
        migrated.map_err(|fault| fault.error(&doing))?;
        let board = Arc::new(Board::default());
        let short_reads = Readers::start(&opener, "ac-db-read", settings.readers)?;
        let patient = SqliteSettings { statement_timeout: settings.report_timeout, ..settings.clone() };
        let patient = Opener { settings: Arc::new(patient), ..opener.clone() };
        let long_reads = Readers::start(&patient, "ac-db-report", 1)?;
        let (writes, queue) = mpsc::channel(WRITE_QUEUE);
        let worker = writer::Writer::new(opener.clone(), link, Arc::clone(&board));
        let writer_thread = threads::start("ac-db-write", move || worker.work(queue))?;
        Ok(Self {
            opener,
            board,
            lanes: Some(Lanes { writes, short_reads, long_reads }),
            writer_thread: Mutex::new(Some(writer_thread)),
        })
    }

    /// Where it is.
    pub(in crate::storage) fn path(&self) -> &Path {
        self.opener.path()
    }

    /// Makes the writer panic with its next batch in hand, for drills. Nobody loses anything by it.
    pub(super) fn crash_writer(&self) {
        self.board.ask_for_crash();
    }

    /// How the writer is; answers at once, also when the disk hangs.
    pub(in crate::storage) fn vitals(&self) -> StorageVitals {
        let thread = self.writer_thread.lock().unwrap_or_else(PoisonError::into_inner);
        let alive = thread.as_ref().is_some_and(|thread| !thread.is_finished());
        let waiting = self
            .lanes
            .as_ref()
            .map_or(0, |lanes| lanes.writes.max_capacity().saturating_sub(lanes.writes.capacity()));
        self.board.facts(alive, waiting, &*self.opener.clock)
    }

    /// Hands work to the writer; the future is ready when it is durable.
    pub(in crate::storage) fn write<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnMut(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        send(self.lanes.as_ref().map(|lanes| &lanes.writes), doing, work)
    }

    /// Hands work to a reader for short reads.
    pub(in crate::storage) fn read<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnMut(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        send(self.lanes.as_ref().map(|lanes| &lanes.short_reads.queue), doing, work)
    }

    /// Hands work to the reader for lists and reports.
    pub(super) fn read_long<T: Send + 'static>(
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

impl Drop for SqliteFile {
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
