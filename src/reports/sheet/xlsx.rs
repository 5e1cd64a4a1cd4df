//! Workbooks: real numbers and dates, a header that stays in sight.

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::{Cell, Row, Sheet, SheetError};

/// A sheet as a whole.
pub fn whole(sheet: &Sheet) -> Result<Vec<u8>, SheetError> {
    let mut rows = Some(sheet.rows.clone());
    write(&sheet.names, || rows.take())
}

/// A sheet whose rows come bit by bit; `None` is the end.
pub fn write(names: &[String], mut next: impl FnMut() -> Option<Vec<Row>>) -> Result<Vec<u8>, SheetError> {
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
    Ok(book.save_to_buffer()?)
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
