//! How much of a table is read at once.

use super::tables::Table;
use super::{Row, RowKey, TableStore, of_table};
use crate::storage::StorageError;

/// Rows of a page. One commit for each: more rows make a copy little faster, and what a cut off page has to do again
/// longer.
const ROWS: u32 = 512;
/// Rows of a page of a heavy table, at most.
const HEAVY_ROWS: u32 = 64;
/// Bytes of a page of a heavy table. A row that is larger is a page by itself.
const BYTES: u64 = 4 << 20;

/// The next rows after a key; none at the table's end.
pub(super) async fn page(
    store: &dyn TableStore,
    table: &'static Table,
    after: Option<RowKey>,
) -> Result<Vec<Row>, StorageError> {
    let mut limit = ROWS;
    if table.heavy.is_some() {
        let sizes = store.sizes(table, after.clone(), HEAVY_ROWS).await.map_err(of_table(table))?;
        if sizes.is_empty() {
            return Ok(Vec::new());
        }
        limit = fitting(&sizes);
    }
    store.page(table, after, limit).await.map_err(of_table(table))
}

/// How many of the rows fit into a page; the first always does.
fn fitting(sizes: &[u64]) -> u32 {
    let mut bytes = 0;
    let fit = sizes.iter().take_while(|size| {
        bytes += **size;
        bytes <= BYTES
    });
    u32::try_from(fit.count().max(1)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_holds_what_fits_and_at_least_one_row() {
        assert_eq!(fitting(&[BYTES / 2, BYTES / 2, 1]), 2);
        assert_eq!(fitting(&[BYTES + 1, 1]), 1);
        assert_eq!(fitting(&[0, 0, 0]), 3);
    }
}
