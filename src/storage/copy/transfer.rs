//! Copies what the target does not have yet.

use futures_util::try_join;

use super::pages::page;
use super::tables::{TABLES, Table};
use super::{RowKey, Side, Watch, of_table};
use crate::storage::{StorageError, StorageErrorKind};

/// How far the target is with a table.
struct Standing {
    table: &'static Table,
    /// Rows that are there.
    done: u64,
    /// Rows there will be.
    rows: u64,
    /// The key of the last one that is there.
    last: Option<RowKey>,
}

/// Copies all rows of `from` that `to` does not have yet. Nothing is written when `to` holds rows that `from` does not
/// have: it takes a new database, or one on which the same copy was cut off.
pub async fn copy(from: &Side, to: &Side, watch: &mut dyn Watch) -> Result<(), StorageError> {
    let mut standings = Vec::with_capacity(TABLES.len());
    for table in &TABLES {
        standings.push(standing(from, to, table).await?);
    }
    let sum = |part: fn(&Standing) -> u64| standings.iter().map(part).sum();
    watch.begins("copying", sum(|standing| standing.done), sum(|standing| standing.rows));
    for standing in standings {
        fill(from, to, standing, watch).await?;
    }
    // Above both: a node that knows either of them has to read anew.
    let stamp = from.store.stamp().await?.max(to.store.stamp().await?);
    to.store.raise_stamp(stamp + 1).await
}

/// How far the target is with a table, if what it holds is the beginning of the source's.
async fn standing(from: &Side, to: &Side, table: &'static Table) -> Result<Standing, StorageError> {
    let rows = from.store.count(table).await.map_err(of_table(table))?;
    let done = to.store.count(table).await.map_err(of_table(table))?;
    let last = to.store.last_key(table).await.map_err(of_table(table))?;
    if let Some(key) = &last {
        let known = from.store.has(table, key.clone()).await.map_err(of_table(table))?;
        let expected = if known { from.store.count_up_to(table, key.clone()).await } else { Ok(0) };
        if expected.map_err(of_table(table))? != done {
            return Err(foreign(from, to, table));
        }
    }
    Ok(Standing { table, done, rows, last })
}

fn foreign(from: &Side, to: &Side, table: &Table) -> StorageError {
    let doing = format!("cannot copy {} to {}", from.place, to.place);
    let what = format!(
        "the target's table {} is not a beginning of the source's: it holds other rows, or lacks some in between; copy \
         into a new database, or into one on which a copy of this source was cut off; nothing was written",
        table.name
    );
    StorageError::new(StorageErrorKind::Duplicate, doing, what)
}

/// Copies the rest of a table.
async fn fill(from: &Side, to: &Side, standing: Standing, watch: &mut dyn Watch) -> Result<(), StorageError> {
    let Standing { table, done, rows, last } = standing;
    watch.table(table.name, done, rows);
    let mut next = page(&*from.store, table, last).await?;
    while let Some(row) = next.last() {
        let (key, rows) = (table.key_of(row), u64::try_from(next.len()).unwrap_or(0));
        let store = to.store.insert(table, next);
        // The next page is read while this one is stored.
        let read = page(&*from.store, table, Some(key));
        let store = async { store.await.map_err(of_table(table)) };
        (next, ()) = try_join!(read, store)?;
        watch.advance(rows);
    }
    watch.table_done();
    Ok(())
}
