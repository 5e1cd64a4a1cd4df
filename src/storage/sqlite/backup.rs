//! An online copy of the database: one consistent state, while writes go on.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::connect::Opener;
use super::fault::{Failure, Fault, beside, file_error, folder_of};
use super::{inspect, threads};
use crate::storage::{StorageError, StorageErrorKind};

/// Pages copied in one step: 4 MiB.
const PAGES_PER_STEP: i32 = 1_024;

/// Copies the database to `to`, which must not exist; returns its size in bytes. The copy gets its name only when it
/// is complete, checked and on the disk.
pub(super) fn write(opener: &Opener, to: &Path) -> Result<u64, StorageError> {
    let doing = format!("cannot back up {} to {}", opener.path().display(), to.display());
    if to.exists() {
        let what = "the target exists already; name a new file, nothing is overwritten";
        return Err(StorageError::new(StorageErrorKind::Duplicate, doing, what));
    }
    let partial = beside(to, ".partial");
    let copied = copy(opener, &partial)
        .and_then(|()| inspect::verify_copy(&partial))
        .map_err(|fault| fault.error(&doing))
        .and_then(|()| settle(&doing, &partial, to));
    if copied.is_err() {
        // What is left of it is of no use; the error that counts is the first.
        drop(std::fs::remove_file(&partial));
        drop(std::fs::remove_file(beside(&partial, "-journal")));
    }
    copied
}

fn copy(opener: &Opener, partial: &Path) -> Result<(), Fault> {
    let source = opener.reader()?;
    // The open read transaction holds one state for the whole copy; without it every commit would start it over.
    source.conn.execute_batch("BEGIN").map_err(|error| source.fault(error))?;
    source
        .conn
        .query_row("PRAGMA schema_version", [], |row| row.get::<_, i64>(0))
        .map_err(|error| source.fault(error))?;
    let fault = |error: rusqlite::Error| Fault::of(error.into(), partial);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    drop(std::fs::remove_file(partial));
    let mut target = Connection::open_with_flags(partial, flags).map_err(fault)?;
    steps(&source.conn, &mut target).map_err(|failure| Fault::of(failure, partial))?;
    // The copy is one file, to be moved about: no log beside it.
    target.pragma_update(None, "journal_mode", "DELETE").map_err(fault)
}

fn steps(source: &Connection, target: &mut Connection) -> Result<(), Failure> {
    let backup = Backup::new(source, target)?;
    loop {
        match backup.step(PAGES_PER_STEP)? {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            _ => threads::rest(Duration::from_millis(10)),
        }
    }
}

/// Makes the copy durable and gives it its name.
fn settle(doing: &str, partial: &Path, to: &Path) -> Result<u64, StorageError> {
    let size = sync(partial).map_err(|error| file_error(doing, partial, error))?;
    std::fs::rename(partial, to).map_err(|error| file_error(doing, to, error))?;
    sync(folder_of(to)).map_err(|error| file_error(doing, to, error))?;
    Ok(size)
}

/// Puts a file or a folder's list of names on the disk; returns its size.
pub(super) fn sync(path: &Path) -> std::io::Result<u64> {
    let file = File::open(path)?;
    file.sync_all()?;
    Ok(file.metadata()?.len())
}
