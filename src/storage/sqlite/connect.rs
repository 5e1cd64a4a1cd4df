//! Opens connections and sets them up; the PRAGMAs and their reasons.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::types::{Type, ValueRef};
use rusqlite::{Connection, OpenFlags, Row, ToSql};

use super::fault::{Failure, Fault, not_writable, writable};
use super::migrate::Scheme;
use super::settings::SqliteSettings;
use super::threads;
use crate::foundation::Clock;
use crate::storage::StorageErrorKind;
use crate::storage::columns::{Cell, Columns, Unreadable};

/// VM steps between two looks at the clock: some 0.1 ms of work.
const STEPS_PER_LOOK: i32 = 10_000;
/// More than the statements there are, so that none is prepared twice.
const STATEMENTS_KEPT: usize = 128;

/// Opens connections to one database, all alike.
#[derive(Clone)]
pub(super) struct Opener {
    pub(super) settings: Arc<SqliteSettings>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) scheme: Scheme,
}

/// A connection with a time limit on what runs on it.
pub(super) struct Link {
    pub(super) conn: Connection,
    path: PathBuf,
    limit: Duration,
    clock: Arc<dyn Clock>,
    /// Monotonic milliseconds after which the running statement is stopped; 0: no limit.
    deadline_ms: Arc<AtomicU64>,
}

impl Link {
    /// Starts the time limit anew, for the next piece of work.
    pub(super) fn start_limit(&self) {
        self.deadline_ms.store(millis(self.clock.monotonic() + self.limit), Ordering::Relaxed);
    }

    /// What a failure on this connection means.
    pub(super) fn fault(&self, failure: impl Into<Failure>) -> Fault {
        Fault::of(failure.into(), &self.path)
    }
}

impl Opener {
    /// The database file.
    pub(super) fn path(&self) -> &Path {
        &self.settings.path
    }

    /// A connection that may write; makes the file if `create`.
    pub(super) fn writer(&self, create: bool) -> Result<Link, Fault> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        flags.set(OpenFlags::SQLITE_OPEN_CREATE, create);
        // Before SQLite has a look: it would make a log beside a write-protected file, write-protected as well.
        writable(self.path())?;
        let link = self.link(flags)?;
        self.set_up_writer(&link).map_err(|error| link.fault(error))?;
        Ok(link)
    }

    /// A connection that cannot write.
    pub(super) fn reader(&self) -> Result<Link, Fault> {
        let link = self.link(OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        // 4 MiB of pages: short reads and the inner pages of the trees.
        link.conn.pragma_update(None, "cache_size", -4_000).map_err(|error| link.fault(error))?;
        Ok(link)
    }

    fn link(&self, flags: OpenFlags) -> Result<Link, Fault> {
        let path = self.path();
        let fault = |error: rusqlite::Error| Fault::of(error.into(), path);
        let mut conn = Connection::open_with_flags(path, flags).map_err(fault)?;
        conn.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        conn.busy_timeout(self.settings.busy_timeout).map_err(fault)?;
        let deadline_ms = Arc::new(AtomicU64::new(0));
        let (clock, deadline) = (Arc::clone(&self.clock), Arc::clone(&deadline_ms));
        let late = move || {
            let limit = deadline.load(Ordering::Relaxed);
            limit != 0 && millis(clock.monotonic()) > limit
        };
        conn.progress_handler(STEPS_PER_LOOK, Some(late)).map_err(fault)?;
        conn.pragma_update(None, "foreign_keys", true).map_err(fault)?;
        conn.pragma_update(None, "temp_store", "MEMORY").map_err(fault)?;
        let limit = self.settings.statement_timeout;
        Ok(Link { conn, path: path.to_owned(), limit, clock: Arc::clone(&self.clock), deadline_ms })
    }

    fn set_up_writer(&self, link: &Link) -> Result<(), Failure> {
        let conn = &link.conn;
        let tables: i64 = conn.query_row("PRAGMA schema_version", [], |row| row.get(0))?;
        if tables != 0 && application_id(conn)? != self.scheme.mark {
            let what = format!(
                "{} is a database of another program; name another file, or `aftercall restore` a backup over it",
                self.path().display()
            );
            return Err(Failure::Own(StorageErrorKind::Corrupt, what));
        }
        // Where it may not write, SQLite opens for reading without a word.
        if conn.is_readonly("main")? {
            return Err(Failure::Own(StorageErrorKind::ReadOnly, not_writable(self.path())));
        }
        self.enter_wal_mode(conn)?;
        // Each commit is on the disk before it is acknowledged; NORMAL could lose the last ones with the power.
        conn.pragma_update(None, "synchronous", "FULL")?;
        conn.pragma_update(None, "wal_autocheckpoint", self.settings.checkpoint_pages)?;
        // A log that grew during a backup shrinks again at the next checkpoint.
        conn.pragma_update(None, "journal_size_limit", i64::from(self.settings.checkpoint_pages) * 8192)?;
        // 16 MiB of pages: the newest part of every tree the writer touches.
        conn.pragma_update(None, "cache_size", -16_000)?;
        Ok(())
    }

    /// WAL mode stays with the file. Entering it fails at once when another process is at it, without the busy
    /// handler's wait, hence the tries.
    fn enter_wal_mode(&self, conn: &Connection) -> Result<(), Failure> {
        let give_up = self.clock.monotonic() + self.settings.busy_timeout;
        loop {
            let entered = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0));
            match entered {
                Ok(mode) if mode == "wal" => return Ok(()),
                Ok(mode) => {
                    let what = format!(
                        "{} stays in journal mode `{mode}`; its file system has no shared memory, use a local disk",
                        self.path().display()
                    );
                    return Err(Failure::Own(StorageErrorKind::Unavailable, what));
                }
                Err(error) => {
                    let busy = error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy);
                    if !busy || self.clock.monotonic() >= give_up {
                        return Err(error.into());
                    }
                    threads::rest(Duration::from_millis(5));
                }
            }
        }
    }
}

/// The mark of the program whose database this is; 0 for none.
pub(super) fn application_id(conn: &Connection) -> Result<i32, rusqlite::Error> {
    conn.query_row("PRAGMA application_id", [], |row| row.get(0))
}

/// Runs a statement that returns no rows; how many rows it touched.
pub(in crate::storage) fn run(conn: &Connection, sql: &str, values: &[&dyn ToSql]) -> Result<usize, Failure> {
    Ok(bound(conn, sql, values)?.raw_execute()?)
}

/// All rows of a statement.
pub(in crate::storage) fn all<T>(
    conn: &Connection,
    sql: &str,
    values: &[&dyn ToSql],
    mut read: impl FnMut(&mut Columns) -> Result<T, Unreadable>,
) -> Result<Vec<T>, Failure> {
    let mut statement = bound(conn, sql, values)?;
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(&mut columns(row, 0..row.as_ref().column_count())?)?);
    }
    Ok(found)
}

/// The rows of a statement in groups that have their first column in common and stand together. The `shared` columns that a group's
/// rows have in common are read once, by `read`; `add` reads what is behind them, of each row.
pub(super) fn grouped<T>(
    conn: &Connection,
    sql: &str,
    values: &[&dyn ToSql],
    shared: usize,
    mut read: impl FnMut(&mut Columns) -> Result<T, Unreadable>,
    mut add: impl FnMut(&mut Columns, &mut T) -> Result<(), Unreadable>,
) -> Result<Vec<T>, Failure> {
    let mut statement = bound(conn, sql, values)?;
    let width = statement.column_count();
    let mut rows = statement.raw_query();
    let (mut found, mut key) = (Vec::<T>::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let mut own = Vec::new();
        put(&mut own, row.get_ref(0)?);
        if own != key {
            found.push(read(&mut columns(row, 0..shared)?)?);
            key = own;
        }
        if let Some(last) = found.last_mut() {
            add(&mut columns(row, shared..width)?, last)?;
        }
    }
    Ok(found)
}

/// The first row of a statement, if it has one.
pub(in crate::storage) fn first<T>(
    conn: &Connection,
    sql: &str,
    values: &[&dyn ToSql],
    read: impl FnOnce(&mut Columns) -> Result<T, Unreadable>,
) -> Result<Option<T>, Failure> {
    let mut statement = bound(conn, sql, values)?;
    let mut rows = statement.raw_query();
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(read(&mut columns(row, 0..row.as_ref().column_count())?)?))
}

/// The different rows of a statement, each with how often it came, in no order. What is held grows with the different ones only,
/// and telling them apart allocates nothing: the statement may give millions.
pub(super) fn tallied(
    conn: &Connection,
    sql: &str,
    values: &[&dyn ToSql],
) -> Result<Vec<(Vec<Cell>, i64)>, Failure> {
    let mut statement = bound(conn, sql, values)?;
    let width = statement.column_count();
    let mut rows = statement.raw_query();
    let (mut places, mut counted) = (HashMap::<Vec<u8>, usize>::new(), Vec::new());
    let mut key = Vec::new();
    while let Some(row) = rows.next()? {
        key.clear();
        for place in 0..width {
            put(&mut key, row.get_ref(place)?);
        }
        if let Some((_, n)) = places.get(&key).and_then(|place| counted.get_mut(*place)) {
            *n += 1;
        } else {
            places.insert(key.clone(), counted.len());
            counted.push((columns(row, 0..row.as_ref().column_count())?.cells(), 1));
        }
    }
    Ok(counted)
}

/// Writes a value so that no two different rows are written alike.
fn put(key: &mut Vec<u8>, value: ValueRef<'_>) {
    let mut long = |kind: u8, bytes: &[u8]| {
        key.push(kind);
        key.extend_from_slice(&bytes.len().to_le_bytes());
        key.extend_from_slice(bytes);
    };
    match value {
        ValueRef::Null => long(0, &[]),
        ValueRef::Integer(number) => long(1, &number.to_le_bytes()),
        ValueRef::Real(number) => long(2, &number.to_le_bytes()),
        ValueRef::Text(text) => long(3, text),
        ValueRef::Blob(bytes) => long(4, bytes),
    }
}

/// Some of the columns of a row as every engine has them.
fn columns(row: &Row<'_>, places: Range<usize>) -> Result<Columns, Failure> {
    let cells = places.map(|place| {
        Ok(match row.get_ref(place)? {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(number) => Cell::Integer(number),
            // Nothing is stored as one: the tables are strict.
            ValueRef::Real(_) => {
                return Err(rusqlite::Error::InvalidColumnType(place, String::new(), Type::Real));
            }
            ValueRef::Text(text) => Cell::Text(std::str::from_utf8(text)?.to_owned()),
            ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_owned()),
        })
    });
    Ok(Columns::of(cells.collect::<Result<_, rusqlite::Error>>()?))
}

/// The names statements give their values: the same as the other engine's driver, so that a statement serves both.
const NAMES: [&str; 24] = [
    "@P1", "@P2", "@P3", "@P4", "@P5", "@P6", "@P7", "@P8", "@P9", "@P10", "@P11", "@P12", "@P13", "@P14",
    "@P15", "@P16", "@P17", "@P18", "@P19", "@P20", "@P21", "@P22", "@P23", "@P24",
];

fn bound<'c>(
    conn: &'c Connection,
    sql: &str,
    values: &[&dyn ToSql],
) -> Result<rusqlite::CachedStatement<'c>, Failure> {
    let mut statement = conn.prepare_cached(sql)?;
    for (name, value) in NAMES.iter().zip(values) {
        statement.raw_bind_parameter(*name, value)?;
    }
    Ok(statement)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
