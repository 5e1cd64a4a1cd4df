//! How the `SQLite` engine is set up.

use std::path::PathBuf;
use std::time::Duration;

/// The settings of the `SQLite` engine. [`SqliteSettings::new`] gives the defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteSettings {
    /// The database file; made with its tables when it is not there. Its folder must exist: `SQLite` writes beside it.
    pub path: PathBuf,
    /// Connections for short reads, each on a thread of its own. Reports, lists and backups have one more, so that a
    /// long report never stands before a call in progress. At least 1.
    pub readers: usize,
    /// The most writes in one transaction. Larger batches share an fsync among more callers, and make each wait longer
    /// for its turn. At least 1.
    pub batch_max: usize,
    /// WAL pages (4 KiB each) after which the writer copies the log into the database. At least 1.
    ///
    /// Measured with 64 callers, one answer to an update, 16 µs of CPU each at any size, on two cores and an SSD with
    /// nothing else running (the longest wait is the checkpoint's):
    ///
    /// | pages | updates/s | p50 | p99 | p99.9 | longest | log |
    /// |---|---|---|---|---|---|---|
    /// | 1,000 | 48,900 | 1.1 ms | 3.3 ms | 4.4 ms | 7 ms | 4 MiB |
    /// | 8,000 | 46,300 | 1.2 ms | 2.3 ms | 6.9 ms | 14 ms | 32 MiB |
    ///
    /// Keys ordered by time keep the checkpoint cheap at either size; the larger one takes it off one request in a
    /// hundred. At 16,000 only the log grew (measured beside other work).
    pub checkpoint_pages: u32,
    /// How long to wait for another process that holds the database (a command beside the server) before `Locked`.
    /// Below the 2 s in which a request must be answered.
    pub busy_timeout: Duration,
    /// How long one read or one write may run before it is stopped with `TimedOut`.
    pub statement_timeout: Duration,
    /// How long a report or a list may run.
    pub report_timeout: Duration,
    /// Opening is refused with `Full` when the disk has less than this left: the log, its copy into the database and
    /// an upgrade need room. 0: not checked.
    pub free_space_min_bytes: u64,
}

impl SqliteSettings {
    /// The defaults for a database at `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            readers: 2,
            batch_max: 256,
            checkpoint_pages: 8_000,
            busy_timeout: Duration::from_millis(1_500),
            statement_timeout: Duration::from_secs(30),
            report_timeout: Duration::from_mins(1),
            free_space_min_bytes: 64 * 1024 * 1024,
        }
    }
}
