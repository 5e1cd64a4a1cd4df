//! A `SQLite` file as one side of a copy. The source is read as it was when the copy began, whatever a command does to
//! it meanwhile; servers are kept away from either side.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ToSql, Transaction, TransactionBehavior};

use super::connect::{Link, Opener, all, first, run};
use super::fault::Failure;
use super::lock::ServerLock;
use super::migrate::DATABASE;
use super::statements::{CATALOG_STAMP, CATALOG_STAMP_RAISE};
use super::{SqliteSettings, SqliteStorage, migrate};
use crate::foundation::Clock;
use crate::storage::columns::{Cell, Columns};
use crate::storage::copy::{Dialect, Row, RowKey, Side, Table, TableStore, check_schema, insert};
use crate::storage::{StorageError, StorageErrorKind, StoreFuture};

const DIALECT: Dialect = Dialect::Sqlite;

/// One connection, on the thread of whoever waits for it: a copy does one thing after the other.
struct SqliteTables(Mutex<Link>);

/// Opens a database to copy from; it is not written to, and has to be of this program's schema.
pub fn open_source(settings: &SqliteSettings, clock: Arc<dyn Clock>) -> Result<Side, StorageError> {
    let place = settings.path.display().to_string();
    let doing = format!("cannot copy from {place}");
    if !settings.path.is_file() {
        let what = "there is no such file; name the database that a server has worked on";
        return Err(StorageError::new(StorageErrorKind::Unavailable, doing, what));
    }
    let lock = ServerLock::exclusive(&settings.path)?;
    let opener = Opener { settings: Arc::new(settings.clone()), clock, scheme: DATABASE };
    let link = opener.reader().map_err(|fault| fault.error(&doing))?;
    // Until the connection is closed: everything is read from this one state.
    link.conn.execute_batch("BEGIN").map_err(|error| link.fault(error).error(&doing))?;
    side(link, &opener, place, lock, &doing)
}

/// Opens a database to copy to; makes it if it is not there, and brings it to this program's schema.
pub fn open_target(settings: &SqliteSettings, clock: Arc<dyn Clock>) -> Result<Side, StorageError> {
    let place = settings.path.display().to_string();
    let doing = format!("cannot copy to {place}");
    let lock = ServerLock::exclusive(&settings.path)?;
    drop(SqliteStorage::open(settings, Arc::clone(&clock))?);
    let opener = Opener { settings: Arc::new(settings.clone()), clock, scheme: DATABASE };
    let link = opener.writer(false).map_err(|fault| fault.error(&doing))?;
    side(link, &opener, place, lock, &doing)
}

fn side(
    link: Link,
    opener: &Opener,
    place: String,
    lock: ServerLock,
    doing: &str,
) -> Result<Side, StorageError> {
    let status =
        migrate::read_status(&DATABASE, &link.conn, opener.path()).map_err(|fault| fault.error(doing))?;
    migrate::verify(&DATABASE, &status, opener.path()).map_err(|fault| fault.error(doing))?;
    check_schema(&status, doing)?;
    Ok(Side::new(Arc::new(SqliteTables(Mutex::new(link))), place, Some(lock)))
}

impl SqliteTables {
    fn with<'a, T: Send + 'static>(
        &'a self,
        doing: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'a,
    ) -> StoreFuture<'a, T> {
        Box::pin(async move {
            let link = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            link.start_limit();
            work(&link.conn).map_err(|failure| link.fault(failure).error(doing))
        })
    }

    /// All rows of a statement; the number and the key are its parameters, in this order.
    fn rows<T: Send + 'static>(
        &self,
        sql: String,
        limit: Option<u32>,
        key: Option<RowKey>,
        read: fn(&mut Columns) -> Result<T, crate::storage::columns::Unreadable>,
    ) -> StoreFuture<'_, Vec<T>> {
        self.with("cannot read rows", move |conn| {
            let limit = limit.map(|limit| Cell::Integer(limit.into()));
            let values: Vec<Cell> = limit.into_iter().chain(key.into_iter().flatten()).collect();
            let values: Vec<&dyn ToSql> = values.iter().map(|cell| cell as &dyn ToSql).collect();
            all(conn, &sql, &values, read)
        })
    }

    fn number(&self, sql: String, key: Option<RowKey>) -> StoreFuture<'_, u64> {
        let rows = self.rows(sql, None, key, Columns::count);
        Box::pin(async move { Ok(rows.await?.pop().unwrap_or(0)) })
    }
}

impl TableStore for SqliteTables {
    fn count(&self, table: &'static Table) -> StoreFuture<'_, u64> {
        self.number(DIALECT.count(table), None)
    }

    fn last_key(&self, table: &'static Table) -> StoreFuture<'_, Option<RowKey>> {
        let rows = self.rows(DIALECT.last_key(table), Some(1), None, |row| Ok(row.cells()));
        Box::pin(async move { Ok(rows.await?.pop()) })
    }

    fn has(&self, table: &'static Table, key: RowKey) -> StoreFuture<'_, bool> {
        let count = self.number(DIALECT.has(table), Some(key));
        Box::pin(async move { Ok(count.await? > 0) })
    }

    fn count_up_to(&self, table: &'static Table, key: RowKey) -> StoreFuture<'_, u64> {
        self.number(DIALECT.count_up_to(table), Some(key))
    }

    fn sizes(&self, table: &'static Table, after: Option<RowKey>, limit: u32) -> StoreFuture<'_, Vec<u64>> {
        self.rows(DIALECT.sizes(table, after.is_some()), Some(limit), after, Columns::count)
    }

    fn page(&self, table: &'static Table, after: Option<RowKey>, limit: u32) -> StoreFuture<'_, Vec<Row>> {
        self.rows(DIALECT.page(table, after.is_some()), Some(limit), after, |row| Ok(row.cells()))
    }

    fn insert(&self, table: &'static Table, rows: Vec<Row>) -> StoreFuture<'_, ()> {
        self.with("cannot store rows", move |conn| {
            let sql = insert(table, table.columns, 1);
            // Undone as a whole when it is dropped before its commit.
            let transaction = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
            for row in &rows {
                let values: Vec<&dyn ToSql> = row.iter().map(|cell| cell as &dyn ToSql).collect();
                run(conn, &sql, &values)?;
            }
            Ok(transaction.commit()?)
        })
    }

    fn stamp(&self) -> StoreFuture<'_, u64> {
        self.with("cannot read the catalog's stamp", |conn| {
            Ok(first(conn, CATALOG_STAMP, &[], Columns::count)?.unwrap_or(0))
        })
    }

    fn raise_stamp(&self, to: u64) -> StoreFuture<'_, ()> {
        let to = i64::try_from(to).unwrap_or(i64::MAX);
        self.with("cannot raise the catalog's stamp", move |conn| {
            run(conn, CATALOG_STAMP_RAISE, &[&to]).map(|_| ())
        })
    }
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Integer(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}
