//! From one database to another, whichever engines they are: table after table as the foreign keys ask, in pages by
//! primary key, each page one transaction. So the target holds a beginning of each table whenever a copy is cut off, and
//! the same copy begun again goes on after the last row that is there. At the end both sides are read and compared.

mod compare;
mod pages;
mod statements;
mod tables;
mod transfer;

use std::fmt;
use std::sync::Arc;

use super::columns::Cell;
use super::schema::MigrationStatus;
use super::sqlite::{ServerLock, newest_schema};
use super::{StorageError, StorageErrorKind, StoreFuture};

pub use compare::{Compared, Fingerprint, compare};
pub(super) use statements::{Dialect, insert};
pub use tables::{TABLES, Table};
pub use transfer::copy;

/// A row as it is stored, its cells in the order of the table's columns.
pub(super) type Row = Vec<Cell>;
/// The cells of a row's primary key.
pub(super) type RowKey = Vec<Cell>;

/// What a copy asks of an engine: rows as they are stored, whatever they mean.
pub(super) trait TableStore: Send + Sync {
    /// How many rows there are.
    fn count(&self, table: &'static Table) -> StoreFuture<'_, u64>;

    /// The key of the last row.
    fn last_key(&self, table: &'static Table) -> StoreFuture<'_, Option<RowKey>>;

    /// Whether there is a row with this key.
    fn has(&self, table: &'static Table, key: RowKey) -> StoreFuture<'_, bool>;

    /// How many rows there are up to this key and with it.
    fn count_up_to(&self, table: &'static Table, key: RowKey) -> StoreFuture<'_, u64>;

    /// The sizes of the next rows after a key, at most `limit`, by the column the table is heavy with.
    fn sizes(&self, table: &'static Table, after: Option<RowKey>, limit: u32) -> StoreFuture<'_, Vec<u64>>;

    /// The next rows after a key, at most `limit`.
    fn page(&self, table: &'static Table, after: Option<RowKey>, limit: u32) -> StoreFuture<'_, Vec<Row>>;

    /// Stores rows that are not there yet, all of them or none.
    fn insert(&self, table: &'static Table, rows: Vec<Row>) -> StoreFuture<'_, ()>;

    /// The catalog's stamp.
    fn stamp(&self) -> StoreFuture<'_, u64>;

    /// Raises the catalog's stamp to this, if it is lower.
    fn raise_stamp(&self, to: u64) -> StoreFuture<'_, ()>;
}

/// One of the two databases of a copy, open. The engines' `open_source` and `open_target` make it.
pub struct Side {
    store: Arc<dyn TableStore>,
    place: String,
    /// Keeps servers away from a file for as long as the copy is at it.
    _lock: Option<ServerLock>,
}

impl Side {
    pub(super) fn new(store: Arc<dyn TableStore>, place: String, lock: Option<ServerLock>) -> Self {
        Self { store, place, _lock: lock }
    }

    /// The database for messages.
    pub fn place(&self) -> &str {
        &self.place
    }
}

impl fmt::Debug for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Side").field("place", &self.place).finish_non_exhaustive()
    }
}

/// Who is told how far it is.
pub trait Watch {
    /// All tables are gone through now: so many rows, of which so many are there already.
    fn begins(&mut self, what: &'static str, done: u64, rows: u64);

    /// A table's turn has come: so many rows, of which so many are there already.
    fn table(&mut self, name: &'static str, done: u64, rows: u64);

    /// So many rows more.
    fn advance(&mut self, rows: u64);

    /// The table is done.
    fn table_done(&mut self);
}

/// Refuses a database whose columns are not the ones this program knows.
pub(super) fn check_schema(status: &MigrationStatus, doing: &str) -> Result<(), StorageError> {
    let (schema, ours) = (status.schema(), newest_schema());
    let (kind, what) = if status.applied.is_empty() {
        let what = "it holds no tables of aftercall; name the database that a server has worked on";
        (StorageErrorKind::Unavailable, what.to_owned())
    } else if schema > ours {
        let what = format!("its schema is {schema}, this program knows up to {ours}; copy with that version");
        (StorageErrorKind::NewerSchema, what)
    } else if !status.pending.is_empty() {
        let what = format!(
            "its schema is {schema}, this program's is {ours}; run `aftercall migrate` with database.url set to it first"
        );
        (StorageErrorKind::Internal, what)
    } else {
        return Ok(());
    };
    Err(StorageError::new(kind, doing, what))
}

/// The same error with the table's name in it.
fn of_table(table: &Table) -> impl Fn(StorageError) -> StorageError + '_ {
    |mut error| {
        error.doing = format!("{} of table {}", error.doing, table.name);
        error
    }
}
