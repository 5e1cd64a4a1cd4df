//! Brings a backup back.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OpenFlags};

use super::backup::sync;
use super::fault::{beside, file_error, folder_of};
use super::inspect;
use super::lock::ServerLock;
use crate::storage::{StorageError, StorageErrorKind};

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Bytes of the database that is now in place.
    pub size_bytes: u64,
    /// Where the database that was there before is kept.
    pub kept: Option<PathBuf>,
}

/// Puts the backup `from` in the place of the database `to`. The backup is checked first and stays as it is. A target
/// with something in it is refused unless `force`; then it is kept beside, under a name with the time `now`. Refused
/// while a server has the database open.
pub fn restore(from: &Path, to: &Path, force: bool, now: DateTime<Utc>) -> Result<Restored, StorageError> {
    let doing = format!("cannot restore {} from {}", to.display(), from.display());
    if !from.is_file() {
        let what = format!("{} is not a file; name a backup", from.display());
        return Err(StorageError::new(StorageErrorKind::Unavailable, doing, what));
    }
    inspect::verify_copy(from).map_err(|fault| fault.error(&doing))?;
    let _lock = ServerLock::exclusive(to)?;
    let filled = std::fs::metadata(to).is_ok_and(|data| data.len() > 0);
    if filled && !force {
        let what = "it is not empty; with `--force` the old file is kept beside it under another name";
        return Err(StorageError::new(StorageErrorKind::Duplicate, doing, what));
    }
    fold_log(&doing, to)?;
    // The copy is whole and checked before anything that is there is touched.
    let partial = beside(to, ".partial");
    let placed = place(&doing, from, &partial, to, now);
    if placed.is_err() {
        // What is left of the copy is of no use; the error that counts is the first.
        drop(std::fs::remove_file(&partial));
    }
    placed
}

/// Brings what the old database's log still holds into its file, so that the two cannot be parted by a crash in the
/// midst of the exchange. A file too damaged for that keeps its log beside it.
fn fold_log(doing: &str, to: &Path) -> Result<(), StorageError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(conn) = Connection::open_with_flags(to, flags) else { return Ok(()) };
    let held = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
    if held == Ok(true) {
        let what = "another process is at work on it; wait for it or stop it";
        return Err(StorageError::new(StorageErrorKind::Locked, doing, what));
    }
    Ok(())
}

fn place(
    doing: &str,
    from: &Path,
    partial: &Path,
    to: &Path,
    now: DateTime<Utc>,
) -> Result<Restored, StorageError> {
    std::fs::copy(from, partial).map_err(|error| file_error(doing, partial, error))?;
    let size_bytes = sync(partial).map_err(|error| file_error(doing, partial, error))?;
    inspect::verify_copy(partial).map_err(|fault| fault.error(doing))?;
    let kept = set_aside(doing, to, now)?;
    std::fs::rename(partial, to).map_err(|error| file_error(doing, to, error))?;
    sync(folder_of(to)).map_err(|error| file_error(doing, to, error))?;
    Ok(Restored { size_bytes, kept })
}

/// Moves the old database away, with what there is of its log: left behind, it would be taken for the new file's.
/// The log goes first, so that a crash in between leaves no log beside a file it does not belong to.
fn set_aside(doing: &str, to: &Path, now: DateTime<Utc>) -> Result<Option<PathBuf>, StorageError> {
    let kept = beside(to, &format!(".{}", now.format("%Y%m%dT%H%M%S%3fZ")));
    let mut moved = None;
    for ending in ["-wal", "-shm", ""] {
        let (old, new) = (beside(to, ending), beside(&kept, ending));
        if !old.exists() {
            continue;
        }
        if new.exists() {
            let what = format!("{} exists already; try again in a moment", new.display());
            return Err(StorageError::new(StorageErrorKind::Duplicate, doing, what));
        }
        std::fs::rename(&old, &new).map_err(|error| file_error(doing, &old, error))?;
        moved = Some(kept.clone());
    }
    Ok(moved)
}
