//! A SQL Server database as one side of a copy.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::catalog::done;
use super::change::{Change, first};
use super::link::Answers;
use super::responses::{all, count};
use super::statements::{CATALOG_STAMP, CATALOG_STAMP_RAISE};
use super::value::{Value, values};
use super::{Failure, MssqlSettings, MssqlStorage, Statement, status};
use crate::foundation::{Chance, Clock};
use crate::storage::columns::{Cell, Columns};
use crate::storage::copy::{Dialect, Row, RowKey, Side, Table, TableStore, check_schema, insert};
use crate::storage::{StorageError, StoreFuture};

const DIALECT: Dialect = Dialect::Mssql;
/// Parameters of one statement at most; the server's own limit is 2,100.
const PARAMETERS_MAX: usize = 1_000;
/// Rows of an insert that is not full: of few sizes, so that the server plans few statements.
const ODD_ROWS: [usize; 2] = [8, 1];

/// Opens a database to copy from; it is not written to, and has to be of this program's schema. Nothing keeps servers
/// away from it.
pub fn open_source(
    settings: &MssqlSettings,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
) -> Result<Side, StorageError> {
    let status = status(settings, Arc::clone(&clock), Arc::clone(&chance))?;
    check_schema(&status, &format!("cannot copy from {}", settings.place()))?;
    // With nothing pending, opening changes nothing.
    Ok(Side::new(MssqlStorage::open(settings, clock, chance)?, settings.place(), None))
}

/// Opens a database to copy to, and brings it to this program's schema.
pub fn open_target(
    settings: &MssqlSettings,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
) -> Result<Side, StorageError> {
    let storage = MssqlStorage::open(settings, Arc::clone(&clock), Arc::clone(&chance))?;
    let status = status(settings, clock, chance)?;
    check_schema(&status, &format!("cannot copy to {}", settings.place()))?;
    Ok(Side::new(storage, settings.place(), None))
}

impl MssqlStorage {
    /// A statement made for the copy; the number and the key are its parameters, in this order.
    fn copied<T: Send + 'static>(
        &self,
        sql: String,
        limit: Option<u32>,
        key: Option<RowKey>,
        make: fn(Answers) -> Result<T, Failure>,
    ) -> StoreFuture<'_, T> {
        let key = key.into_iter().flatten().filter_map(value);
        let values: Vec<Value> = limit.map(Value::from).into_iter().chain(key).collect();
        self.run("cannot read rows", move |engine| async move {
            let answers = engine.ask(Statement::Once(&sql), &values, None).await?;
            make(answers).map_err(|failure| engine.fault(failure))
        })
    }
}

impl TableStore for MssqlStorage {
    fn count(&self, table: &'static Table) -> StoreFuture<'_, u64> {
        self.copied(DIALECT.count(table), None, None, count)
    }

    fn last_key(&self, table: &'static Table) -> StoreFuture<'_, Option<RowKey>> {
        self.copied(DIALECT.last_key(table), Some(1), None, |answers| {
            Ok(first(answers).map(|mut row| row.cells()))
        })
    }

    fn has(&self, table: &'static Table, key: RowKey) -> StoreFuture<'_, bool> {
        self.copied(DIALECT.has(table), None, Some(key), |answers| Ok(count(answers)? > 0))
    }

    fn count_up_to(&self, table: &'static Table, key: RowKey) -> StoreFuture<'_, u64> {
        self.copied(DIALECT.count_up_to(table), None, Some(key), count)
    }

    fn sizes(&self, table: &'static Table, after: Option<RowKey>, limit: u32) -> StoreFuture<'_, Vec<u64>> {
        self.copied(DIALECT.sizes(table, after.is_some()), Some(limit), after, |answers| {
            all(answers, Columns::count)
        })
    }

    fn page(&self, table: &'static Table, after: Option<RowKey>, limit: u32) -> StoreFuture<'_, Vec<Row>> {
        self.copied(DIALECT.page(table, after.is_some()), Some(limit), after, |answers| {
            all(answers, |row| Ok(row.cells()))
        })
    }

    fn insert(&self, table: &'static Table, rows: Vec<Row>) -> StoreFuture<'_, ()> {
        // All of the page or nothing: where one of its rows is, they all are.
        let key = rows.first().map(|row| table.key_of(row)).unwrap_or_default();
        let key = key.into_iter().filter_map(value).collect();
        let change = inserts(table, rows)
            .into_iter()
            .fold(Change::default(), |change, (sql, values)| change.then(sql, values))
            .made_if(DIALECT.has(table), key);
        self.change("cannot store rows", change, done)
    }

    fn stamp(&self) -> StoreFuture<'_, u64> {
        self.read("cannot read the catalog's stamp", CATALOG_STAMP, Vec::new(), count)
    }

    fn raise_stamp(&self, to: u64) -> StoreFuture<'_, ()> {
        let to = i64::try_from(to).unwrap_or(i64::MAX);
        let change = Change::of(CATALOG_STAMP_RAISE, values![to]);
        self.change("cannot raise the catalog's stamp", change, done)
    }
}

/// The statements that store rows. There is no NULL among the parameters: rows that have values in the same columns go
/// together, and the others are left out of their statement.
fn inserts(table: &Table, rows: Vec<Row>) -> Vec<(String, Vec<Value>)> {
    let mut alike: BTreeMap<Vec<bool>, Vec<Row>> = BTreeMap::new();
    for row in rows {
        let filled = row.iter().map(|cell| *cell != Cell::Null).collect();
        alike.entry(filled).or_default().push(row);
    }
    let mut statements = Vec::new();
    for (filled, rows) in alike {
        let columns = table.columns.iter().zip(&filled).filter(|(_, filled)| **filled);
        let columns: Vec<&str> = columns.map(|(column, _)| *column).collect();
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let taken = rows_together(columns.len(), rows.len());
            let values = rows.by_ref().take(taken).flatten().filter_map(value).collect();
            statements.push((insert(table, &columns, taken), values));
        }
    }
    statements
}

/// How many of the rows the next statement takes.
fn rows_together(columns: usize, rows: usize) -> usize {
    let most = PARAMETERS_MAX / columns.max(1);
    let sizes = [most].into_iter().chain(ODD_ROWS);
    sizes.filter(|size| *size <= most && *size <= rows).max().unwrap_or(1)
}

/// A cell as a parameter.
fn value(cell: Cell) -> Option<Value> {
    match cell {
        Cell::Null => None,
        Cell::Integer(number) => Some(Value::Integer(number)),
        Cell::Text(text) => Some(Value::Text(text)),
        Cell::Bytes(bytes) => Some(Value::Bytes(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::copy::TABLES;

    #[test]
    fn rows_go_together_by_what_they_have_values_in() {
        let table = TABLES.iter().find(|table| table.name == "service").unwrap();
        let text = |text: &str| Cell::Text(text.to_owned());
        let row = |no: u8, dn: Cell| vec![Cell::Bytes(vec![no]), text("n"), text("k"), text("voice"), dn];
        let rows = (0..20).map(|no| row(no, if no == 3 { text("5001") } else { Cell::Null })).collect();
        let made = inserts(table, rows);
        let parameters: Vec<usize> = made.iter().map(|(_, values)| values.len()).collect();
        assert_eq!(parameters, [8 * 4, 8 * 4, 4, 4, 4, 5]);
        assert!(
            made[0].0.starts_with("INSERT INTO [service] ([id], [name], [name_key], [channel]) VALUES (@P1,")
        );
    }

    #[test]
    fn no_statement_has_more_parameters_than_a_request_holds() {
        assert_eq!(rows_together(13, 512), 76);
        assert_eq!(rows_together(13, 75), 8);
        assert_eq!(rows_together(13, 7), 1);
        assert_eq!(rows_together(400, 8), 2);
    }
}
