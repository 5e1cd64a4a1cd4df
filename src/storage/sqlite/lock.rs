//! Who may be at a database file. `SQLite` itself lets any number of processes work side by side; replacing the file
//! is what must not happen under them.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use super::fault::{beside, file_error};
use crate::storage::{StorageError, StorageErrorKind};

/// A hold on `<database>.lock`; the system ends it with the process, however that ends. The file stays.
#[derive(Debug)]
pub struct ServerLock {
    _file: File,
}

impl ServerLock {
    /// Held by a server for as long as it has the database open. Several may.
    pub fn shared(database: &Path) -> Result<Self, StorageError> {
        Self::take(
            database,
            File::try_lock_shared,
            "a restore or a copy is at work on it; start again when it is done",
        )
    }

    /// Held while the file is replaced or copied: no server has it.
    pub fn exclusive(database: &Path) -> Result<Self, StorageError> {
        Self::take(
            database,
            File::try_lock,
            "a server has it open, or a copy is at work on it; stop the server first",
        )
    }

    fn take(
        database: &Path,
        lock: fn(&File) -> Result<(), TryLockError>,
        held: &str,
    ) -> Result<Self, StorageError> {
        let doing = format!("cannot lock {}", database.display());
        let path = beside(database, ".lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| file_error(&doing, &path, error))?;
        match lock(&file) {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StorageError::new(StorageErrorKind::Locked, doing, held)),
            Err(TryLockError::Error(error)) => Err(file_error(&doing, &path, error)),
        }
    }
}
