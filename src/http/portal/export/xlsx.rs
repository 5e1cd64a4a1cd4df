//! Workbooks: real numbers and dates, a header that stays in sight. A workbook can be sent only as a whole, so that there are fewer
//! rows in one than in the other forms.

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use tokio::sync::mpsc;

use super::Pages;
use super::table::{Cell, Columns, Row, Sheet};
use crate::http::portal::error::PortalError;

/// Rows of a workbook at most.
const MOST: u32 = 200_000;
/// Pages that wait for being written.
const WAITING: usize = 2;

/// Responses. Rows are written on a thread for such work, while the next are read.
pub(super) async fn book(mut pages: Pages, columns: Columns) -> Result<Vec<u8>, PortalError> {
    let (hand, mut take) = mpsc::channel::<Vec<Row>>(WAITING);
    let names = columns.names().to_vec();
    let write = actix_web::web::block(move || {
        write(&names, || take.blocking_recv()).map_err(|error| PortalError::internal(&error.to_string()))
    });
    let read = async move {
        let mut count = 0;
        while let Some(found) = pages.next().await? {
            count += found.len();
            if count > MOST as usize {
                let message = format!(
                    "a workbook takes at most {MOST} responses: narrow the filters, or take the CSV file"
                );
                return Err(PortalError::conflict("too_many_rows", message));
            }
            let rows = found.iter().map(|response| pages.row(response, &columns)).collect();
            if hand.send(rows).await.is_err() {
                break;
            }
        }
        Ok(())
    };
    let (written, read) = futures_util::future::join(write, read).await;
    read?;
    written.map_err(|error| PortalError::internal(&error.to_string()))?
}

/// A sheet as a whole.
pub(super) fn whole(sheet: &Sheet) -> Result<Vec<u8>, PortalError> {
    let mut rows = Some(sheet.rows.clone());
    write(&sheet.names, || rows.take()).map_err(|error| PortalError::internal(&error.to_string()))
}

fn write(names: &[String], mut next: impl FnMut() -> Option<Vec<Row>>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // Rows go to a file of the system as they come: what is held does not grow with them.
    let sheet = book.add_worksheet_with_constant_memory()?;
    let bold = Format::new().set_bold();
    let time = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    sheet.set_freeze_panes(1, 0)?;
    for (column, name) in (0..).zip(names) {
        sheet.set_column_width(column, 18)?;
        sheet.write_string_with_format(0, column, name, &bold)?;
    }
    let mut row = 1;
    while let Some(rows) = next() {
        for cells in rows {
            for (column, cell) in (0..).zip(&cells) {
                put(sheet, (row, column), cell, &time)?;
            }
            row += 1;
        }
    }
    book.save_to_buffer()
}

fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    time: &Format,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Nothing => return Ok(()),
        Cell::Text(text) => sheet.write_string(row, column, text)?,
        Cell::Number(number) => sheet.write_number(row, column, *number)?,
        Cell::Whole(number) => sheet.write_number(row, column, whole_number(*number))?,
        // A workbook knows no zones: it is the site's time, as the portal shows it.
        Cell::Time(at) => sheet.write_datetime_with_format(row, column, at.naive_local(), time)?,
    };
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn whole_number(number: u64) -> f64 {
    number as f64
}
