//! From what `SQLite` reports to what the one who has to mend it should read: the one place that decides kinds.

use std::fmt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::ErrorCode;

use crate::storage::columns::Unreadable;
use crate::storage::{StorageError, StorageErrorKind};

/// `SQLITE_CONSTRAINT_PRIMARYKEY` and `SQLITE_CONSTRAINT_UNIQUE`.
const DUPLICATE_CODES: [i32; 2] = [1555, 2067];
/// `SQLITE_READONLY_DBMOVED`: the file was renamed or replaced while it was open.
const MOVED_CODE: i32 = 1032;

/// Why a piece of work on a connection failed, before it is known which file and which work it was.
#[derive(Debug)]
pub(in crate::storage) enum Failure {
    /// `SQLite` said no.
    Sql(rusqlite::Error),
    /// We said no.
    Own(StorageErrorKind, String),
}

impl From<Unreadable> for Failure {
    fn from(error: Unreadable) -> Self {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Null, Box::new(error)).into()
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

/// A failure with its kind, its cause and the next step; may be told to every caller it struck.
#[derive(Debug, Clone)]
pub(in crate::storage) struct Fault {
    pub(in crate::storage) kind: StorageErrorKind,
    what: String,
    source: Option<Arc<rusqlite::Error>>,
}

impl Fault {
    /// A fault of our own finding.
    pub(super) fn new(kind: StorageErrorKind, what: impl fmt::Display) -> Self {
        Self { kind, what: what.to_string(), source: None }
    }

    /// Maps a failure on the database at `path`.
    pub(in crate::storage) fn of(failure: Failure, path: &Path) -> Self {
        match failure {
            Failure::Own(kind, what) => Self::new(kind, what),
            Failure::Sql(error) => {
                let (kind, what) = classify(&error, path);
                Self { kind, what, source: Some(Arc::new(error)) }
            }
        }
    }

    /// Whether the database as a whole is in trouble, so that the next piece of work would fail alike.
    pub(super) fn strikes_all(&self) -> bool {
        use StorageErrorKind::{Corrupt, Full, Locked, NewerSchema, ReadOnly, Unavailable};
        matches!(self.kind, Corrupt | Full | Locked | NewerSchema | ReadOnly | Unavailable)
    }

    /// The error for a caller who was `doing` something.
    pub(in crate::storage) fn error(&self, doing: impl fmt::Display) -> StorageError {
        let source = self.source.clone().map(|cause| Box::new(Shared(cause)) as Box<_>);
        StorageError { kind: self.kind, doing: doing.to_string(), what: self.what.clone(), source }
    }
}

/// A driver's error that several callers are told of.
#[derive(Debug)]
struct Shared(Arc<rusqlite::Error>);

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Shared {}

/// The error of a file operation on `path`.
pub(in crate::storage) fn file_error(
    doing: impl fmt::Display,
    path: &Path,
    error: std::io::Error,
) -> StorageError {
    use std::io::ErrorKind as Io;
    let (kind, what) = match error.kind() {
        Io::StorageFull | Io::QuotaExceeded => (StorageErrorKind::Full, no_space(path)),
        Io::PermissionDenied | Io::ReadOnlyFilesystem => (StorageErrorKind::ReadOnly, not_writable(path)),
        Io::NotFound => (
            StorageErrorKind::Unavailable,
            format!("{} or its folder does not exist; create the folder or correct the path", path.display()),
        ),
        _ => (StorageErrorKind::Unavailable, format!("{} cannot be used: {error}", path.display())),
    };
    StorageError { kind, doing: doing.to_string(), what, source: Some(Box::new(error)) }
}

fn classify(error: &rusqlite::Error, path: &Path) -> (StorageErrorKind, String) {
    let shown = path.display();
    let extended = error.sqlite_extended_error_code().unwrap_or(0);
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
            StorageErrorKind::Locked,
            format!("another process holds {shown}; `fuser -v {shown}` names it, wait for it or stop it"),
        ),
        Some(ErrorCode::DiskFull) => (StorageErrorKind::Full, no_space(path)),
        Some(ErrorCode::ReadOnly) if extended == MOVED_CODE => (
            StorageErrorKind::Unavailable,
            format!("{shown} was moved or replaced while it was open; it is opened anew"),
        ),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            (StorageErrorKind::ReadOnly, not_writable(path))
        }
        Some(ErrorCode::CannotOpen) => cannot_open(path),
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => (
            StorageErrorKind::Corrupt,
            format!(
                "{shown} is not a database or is damaged, or its disk cannot be read (`dmesg` says so); if the disk is well, keep the file for study and bring back a backup with `aftercall restore`"
            ),
        ),
        Some(ErrorCode::ConstraintViolation) if DUPLICATE_CODES.contains(&extended) => {
            (StorageErrorKind::Duplicate, "it exists already".into())
        }
        Some(ErrorCode::ConstraintViolation) => (
            StorageErrorKind::Internal,
            "it names something that is not there, or breaks a rule of its table".into(),
        ),
        Some(ErrorCode::OperationInterrupted) => {
            (StorageErrorKind::TimedOut, "stopped at its time limit; ask for less, or raise the limit".into())
        }
        Some(ErrorCode::SystemIoFailure) => (
            StorageErrorKind::Unavailable,
            format!("the disk under {shown} reported an error; see the system's log (`dmesg`)"),
        ),
        Some(_) => (StorageErrorKind::Internal, "the database refused it".into()),
        None => (
            StorageErrorKind::Corrupt,
            format!("{shown} holds a value this version cannot read; `aftercall check` looks closer"),
        ),
    }
}

fn cannot_open(path: &Path) -> (StorageErrorKind, String) {
    let folder = folder_of(path);
    if !folder.is_dir() {
        let what = format!("the folder {} does not exist; create it or correct the path", folder.display());
        return (StorageErrorKind::Unavailable, what);
    }
    if path.is_dir() {
        let what = format!("{} is a folder, not a file; correct the path", path.display());
        return (StorageErrorKind::Unavailable, what);
    }
    (StorageErrorKind::ReadOnly, not_writable(path))
}

fn no_space(path: &Path) -> String {
    let left = free_bytes(path).map_or_else(|| "too few".to_owned(), |bytes| bytes.to_string());
    format!(
        "the disk under {} is full ({left} bytes left); free some space, what was stored before is unharmed",
        path.display()
    )
}

/// What it takes to write to a database, and how things are.
pub(super) fn not_writable(path: &Path) -> String {
    let us = rustix::process::geteuid().as_raw();
    let folder = folder_of(path);
    format!(
        "{} ({}) and its folder ({}) must be writable for user id {us}, on a disk that is not mounted read-only",
        path.display(),
        owner(path),
        owner(folder)
    )
}

/// Whether the database and its log, as far as they are there, may be written. Asks the system without opening them:
/// closing a file ends the locks this process has on it.
pub(super) fn writable(path: &Path) -> Result<(), Fault> {
    for ending in ["", "-wal", "-shm"] {
        let file = beside(path, ending);
        match rustix::fs::access(&file, rustix::fs::Access::WRITE_OK) {
            Ok(()) | Err(rustix::io::Errno::NOENT | rustix::io::Errno::NOTDIR) => {}
            Err(_) => return Err(Fault::new(StorageErrorKind::ReadOnly, not_writable(&file))),
        }
    }
    Ok(())
}

/// The name of `path` with something added.
pub(in crate::storage) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn owner(path: &Path) -> String {
    std::fs::metadata(path).map_or_else(
        |_| "not there".to_owned(),
        |data| format!("owner {}, mode {:o}", data.uid(), data.mode() & 0o7777),
    )
}

/// The folder of a file; `.` for a bare name.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// Bytes left for an ordinary user on the disk of `path`; `None` when the system does not say.
pub(super) fn free_bytes(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder_of(path)).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}
