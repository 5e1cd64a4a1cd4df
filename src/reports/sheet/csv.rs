//! Files for spreadsheets (RFC 4180): a header, UTF-8 with the mark by which spreadsheets know it.

use csv::{Terminator, Writer, WriterBuilder};

use super::{Cell, Sheet, SheetError};

/// What spreadsheets tell UTF-8 by.
pub const MARK: &[u8] = "\u{feff}".as_bytes();

/// A sheet as a whole.
pub fn whole(sheet: &Sheet) -> Result<Vec<u8>, SheetError> {
    let mut writer = writer(MARK.to_vec());
    head(&mut writer, &sheet.names)?;
    sheet.rows.iter().try_for_each(|row| put(&mut writer, row))?;
    written(writer)
}

/// A writer that goes on after what was begun.
pub fn writer(begun: Vec<u8>) -> Writer<Vec<u8>> {
    WriterBuilder::new().terminator(Terminator::CRLF).from_writer(begun)
}

/// Writes the header.
pub fn head(writer: &mut Writer<Vec<u8>>, names: &[String]) -> Result<(), SheetError> {
    Ok(writer.write_record(names)?)
}

/// Writes a row.
pub fn put(writer: &mut Writer<Vec<u8>>, row: &[Cell]) -> Result<(), SheetError> {
    Ok(writer.write_record(row.iter().map(text))?)
}

/// What was written.
pub fn written(writer: Writer<Vec<u8>>) -> Result<Vec<u8>, SheetError> {
    writer.into_inner().map_err(|error| SheetError::CsvEnd(error.error().to_string()))
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Nothing => String::new(),
        Cell::Text(text) => defused(text),
        Cell::Number(number) => number.to_string(),
        Cell::Whole(number) => number.to_string(),
        Cell::Time(at) => at.format("%Y-%m-%d %H:%M:%S%:z").to_string(),
    }
}

/// A text that no spreadsheet takes for a formula: a customer may write what they like. Telephone numbers stay as they are.
fn defused(text: &str) -> String {
    let is_number = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    let is_formula = match text.chars().next() {
        Some('+') => !is_number(text.get(1..).unwrap_or_default()),
        Some('=' | '-' | '@' | '\t' | '\r') => true,
        _ => false,
    };
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_customer_writes_is_a_formula_and_numbers_are_left_alone() {
        for bad in ["=1+1", "-2+3", "@SUM(A1)", "+cmd|' /C calc'!A0", "\t=1"] {
            assert_eq!(defused(bad), format!("'{bad}"));
        }
        for good in ["+34600123456", "fine", "", "a=b", "“=”"] {
            assert_eq!(defused(good), good);
        }
    }
}
