//! Whether two databases hold the same, row by row.

use std::fmt;

use futures_util::try_join;
use sha2::{Digest, Sha256};

use super::pages::page;
use super::tables::{TABLES, Table};
use super::{Side, TableStore, Watch, of_table};
use crate::storage::StorageError;
use crate::storage::columns::Cell;

/// All rows of a table, as one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint {
    /// How many there are.
    pub rows: u64,
    /// SHA-256 of them in the order of their keys.
    pub sha256: [u8; 32],
}

impl fmt::Display for Fingerprint {
    /// The first 12 digits of the hash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sha256.iter().take(6).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A table of both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// The table.
    pub table: &'static str,
    /// What the source has.
    pub from: Fingerprint,
    /// What the target has.
    pub to: Fingerprint,
}

impl Compared {
    /// Whether both have the same rows.
    pub fn is_same(&self) -> bool {
        self.from == self.to
    }
}

/// Reads all tables of both databases and compares them; writes nothing.
pub async fn compare(from: &Side, to: &Side, watch: &mut dyn Watch) -> Result<Vec<Compared>, StorageError> {
    let mut counts = Vec::with_capacity(TABLES.len());
    for table in &TABLES {
        counts.push(from.store.count(table).await.map_err(of_table(table))?);
    }
    watch.begins("comparing", 0, counts.iter().sum());
    let mut compared = Vec::with_capacity(TABLES.len());
    for (table, rows) in TABLES.iter().zip(counts) {
        watch.table(table.name, 0, rows);
        let source = fingerprint(&*from.store, table, |rows| watch.advance(rows));
        let target = fingerprint(&*to.store, table, |_| {});
        let (from, to) = try_join!(source, target)?;
        compared.push(Compared { table: table.name, from, to });
        watch.table_done();
    }
    Ok(compared)
}

async fn fingerprint(
    store: &dyn TableStore,
    table: &'static Table,
    mut read: impl FnMut(u64),
) -> Result<Fingerprint, StorageError> {
    let (mut hash, mut rows) = (Sha256::new(), 0);
    let mut next = page(store, table, None).await?;
    while let Some(row) = next.last() {
        let key = table.key_of(row);
        next.iter().flatten().for_each(|cell| add(&mut hash, cell));
        let count = u64::try_from(next.len()).unwrap_or(0);
        rows += count;
        read(count);
        next = page(store, table, Some(key)).await?;
    }
    Ok(Fingerprint { rows, sha256: hash.finalize().into() })
}

/// A cell so that no two rows of cells give the same bytes: its kind, its length, what it holds.
fn add(hash: &mut Sha256, cell: &Cell) {
    let (kind, bytes): (u8, &[u8]) = match cell {
        Cell::Null => (0, &[]),
        Cell::Integer(number) => {
            hash.update([1]);
            return hash.update(number.to_be_bytes());
        }
        Cell::Text(text) => (2, text.as_bytes()),
        Cell::Bytes(bytes) => (3, bytes),
    };
    hash.update([kind]);
    hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
    hash.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash_of(cells: &[Cell]) -> [u8; 32] {
        let mut hash = Sha256::new();
        for cell in cells {
            add(&mut hash, cell);
        }
        hash.finalize().into()
    }

    #[test]
    fn cells_that_look_alike_have_different_hashes() {
        let text = |text: &str| Cell::Text(text.to_owned());
        let rows = [
            vec![text("ab"), text("c")],
            vec![text("a"), text("bc")],
            vec![text(""), text("abc")],
            vec![Cell::Null, text("abc")],
            vec![Cell::Bytes(b"ab".to_vec()), text("c")],
            vec![Cell::Integer(1)],
            vec![text("1")],
            vec![Cell::Bytes(vec![1])],
        ];
        for (place, one) in rows.iter().enumerate() {
            for other in &rows[place + 1..] {
                assert_ne!(hash_of(one), hash_of(other), "{one:?} {other:?}");
            }
        }
    }
}
