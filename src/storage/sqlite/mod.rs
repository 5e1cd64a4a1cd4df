//! The `SQLite` engine: the database as one file.

mod accounts;
mod archive;
mod backup;

mod catalog;
pub(in crate::storage) mod connect;
mod copy;
pub(in crate::storage) mod fault;
mod file;
pub(in crate::storage) mod inspect;
mod invites;
mod job;
mod keys;
mod leases;
mod links;
mod lock;
mod maintenance;
pub(in crate::storage) mod migrate;
mod nodes;
mod outbox;
mod prompts;
mod readers;
mod recordings;
mod report_mail;
mod reports;
mod responses;
mod restore;
mod rollups;
mod settings;
mod statements;
mod threads;
mod writer;

use std::fmt;
use std::sync::Arc;

use rusqlite::Connection;

use connect::Opener;
use fault::Failure;

use super::{StorageError, StoreFuture};
use crate::foundation::Clock;

pub use copy::{open_source, open_target};
pub(in crate::storage) use file::SqliteFile;
pub use inspect::{Finding, inspect, status};
pub use lock::ServerLock;
pub use migrate::newest_schema;
pub use restore::{Restored, restore};
pub use settings::SqliteSettings;

/// A `SQLite` database, open. Dropping it finishes the writes in hand and closes the file.
pub struct SqliteStorage {
    file: SqliteFile,
}

impl SqliteStorage {
    /// Opens the database, makes it if it is not there, and brings it to this program's schema: there is no other way
    /// to a handle that can write.
    pub fn open(settings: &SqliteSettings, clock: Arc<dyn Clock>) -> Result<Arc<Self>, StorageError> {
        Ok(Arc::new(Self { file: SqliteFile::open(settings, migrate::DATABASE, clock)? }))
    }

    /// Makes the writer panic with its next batch in hand, for drills. Nobody loses anything by it.
    pub fn crash_writer(&self) {
        self.file.crash_writer();
    }

    fn opener(&self) -> &Opener {
        &self.file.opener
    }

    fn write<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnMut(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        self.file.write(doing, work)
    }

    fn read<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnMut(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        self.file.read(doing, work)
    }

    fn read_long<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnMut(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        self.file.read_long(doing, work)
    }
}

impl fmt::Debug for SqliteStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStorage").field("path", &self.file.path()).finish_non_exhaustive()
    }
}
