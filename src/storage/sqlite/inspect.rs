//! Looks at a database without changing it, for `aftercall check` and `aftercall migrate status`.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::connect::application_id;
use super::fault::{Failure, Fault, beside, file_error, folder_of, free_bytes, writable};
use super::migrate::{self, DATABASE};
use super::settings::SqliteSettings;
use crate::storage::{MigrationStatus, StorageError, StorageErrorKind};

/// One thing that was looked at.
#[derive(Debug)]
pub struct Finding {
    /// What, such as `database folder`.
    pub subject: &'static str,
    /// How it is, in a few words, or what is wrong.
    pub result: Result<String, StorageError>,
}

/// Which migrations a database has and lacks. A file that is not there lacks them all.
pub fn status(path: &Path) -> Result<MigrationStatus, StorageError> {
    let doing = format!("cannot read the schema of {}", path.display());
    let conn =
        if path.exists() { open(path) } else { in_memory(path) }.map_err(|fault| fault.error(&doing))?;
    migrate::read_status(&DATABASE, &conn, path).map_err(|fault| fault.error(&doing))
}

/// Looks at everything a start needs: folder, free space, file, integrity, schema. Where one fails, those that rest
/// on it are left out. A damaged database of many GB takes its time: every page is read.
pub fn inspect(settings: &SqliteSettings) -> Vec<Finding> {
    let path = settings.path.as_path();
    let mut findings = vec![
        Finding { subject: "database folder", result: folder(path) },
        Finding { subject: "database disk", result: space(path, settings.free_space_min_bytes) },
    ];
    if findings[0].result.is_err() {
        return findings;
    }
    if !path.exists() {
        let result = Ok(format!("{} is made at the first start", path.display()));
        findings.push(Finding { subject: "database file", result });
        return findings;
    }
    findings.push(Finding { subject: "database file", result: file(path) });
    let doing = format!("cannot use {}", path.display());
    let integrity = open(path).and_then(|conn| integrity(&conn, path)).map_err(|fault| fault.error(&doing));
    let sound = integrity.is_ok();
    findings.push(Finding { subject: "database integrity", result: integrity.map(|()| "no damage".into()) });
    if sound {
        findings.push(Finding { subject: "database schema", result: schema(path) });
    }
    findings
}

/// Whether a copy is a sound database of ours that this program can read.
pub(super) fn verify_copy(path: &Path) -> Result<(), Fault> {
    let conn = open(path)?;
    if application_id(&conn).map_err(|error| Fault::of(error.into(), path))? != DATABASE.mark {
        let what = format!("{} is not a database of aftercall; name another file", path.display());
        return Err(Fault::new(StorageErrorKind::Corrupt, what));
    }
    integrity(&conn, path)?;
    migrate::verify(&DATABASE, &migrate::read_status(&DATABASE, &conn, path)?, path)
}

fn folder(path: &Path) -> Result<String, StorageError> {
    let folder = folder_of(path);
    let doing = format!("cannot keep a database in {}", folder.display());
    let access = rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK;
    rustix::fs::access(folder, access).map_err(|error| file_error(doing, path, error.into()))?;
    Ok(format!("{} is writable", folder.display()))
}

/// How much room is left, `Full` when that is less than `min` bytes.
pub(super) fn space(path: &Path, min: u64) -> Result<String, StorageError> {
    match free_bytes(path) {
        Some(left) if left < min => {
            let doing = format!("cannot keep a database in {}", folder_of(path).display());
            let what = format!("its disk has {left} bytes left, at least {min} are needed; free some space");
            Err(StorageError::new(StorageErrorKind::Full, doing, what))
        }
        Some(left) => Ok(format!("{} MiB free", left / (1024 * 1024))),
        None => Ok("the system does not say how much is free".into()),
    }
}

fn file(path: &Path) -> Result<String, StorageError> {
    let doing = format!("cannot write to {}", path.display());
    writable(path).map_err(|fault| fault.error(&doing))?;
    let size = std::fs::metadata(path).map_err(|error| file_error(&doing, path, error))?.len();
    Ok(format!("{} is writable, {size} bytes", path.display()))
}

fn schema(path: &Path) -> Result<String, StorageError> {
    let status = status(path)?;
    let doing = format!("cannot use {}", path.display());
    migrate::verify(&DATABASE, &status, path).map_err(|fault| fault.error(doing))?;
    Ok(match status.pending.len() {
        0 => format!("schema {}, up to date", status.schema()),
        pending => format!("schema {}, {pending} migrations are applied at the next start", status.schema()),
    })
}

pub(in crate::storage) fn integrity(conn: &Connection, path: &Path) -> Result<(), Fault> {
    let found: String = conn
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| Fault::of(error.into(), path))?;
    if found == "ok" {
        return Ok(());
    }
    let what = format!(
        "{} is damaged ({found}); keep it for study and bring back a backup with `aftercall restore`",
        path.display()
    );
    Err(Fault::new(StorageErrorKind::Corrupt, what))
}

/// Opens for reading. A database nobody has open is read as if on a read-only medium, so that no log or index file
/// comes into being beside it.
fn open(path: &Path) -> Result<Connection, Fault> {
    let fault = |error: rusqlite::Error| Fault::of(error.into(), path);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if beside(path, "-wal").exists() || beside(path, "-journal").exists() {
        return Connection::open_with_flags(path, flags).map_err(fault);
    }
    let Some(name) = path.to_str() else {
        let what = format!("the path {} is not UTF-8; choose another", path.display());
        return Err(Fault::of(Failure::Own(StorageErrorKind::Unavailable, what), path));
    };
    let name = name.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let uri = format!("file:{name}?immutable=1");
    Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI).map_err(fault)
}

fn in_memory(path: &Path) -> Result<Connection, Fault> {
    Connection::open_in_memory().map_err(|error| Fault::of(error.into(), path))
}
