//! Files for spreadsheets (RFC 4180): a header, UTF-8 with the mark by which spreadsheets know it.

use actix_web::web::Bytes;
use csv::{Terminator, Writer, WriterBuilder};
use futures_util::{Stream, stream};

use super::Pages;
use super::table::{Cell, Columns, Row, Sheet};
use crate::http::portal::error::PortalError;

/// What spreadsheets tell UTF-8 by.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// Responses, as they are read.
pub(super) fn stream(pages: Pages, columns: Columns) -> impl Stream<Item = Result<Bytes, PortalError>> {
    stream::try_unfold((pages, columns, true), |(mut pages, columns, is_first)| async move {
        let mut writer = writer(if is_first { MARK.to_vec() } else { Vec::new() });
        if is_first {
            head(&mut writer, columns.names())?;
        } else {
            let Some(found) = pages.next().await? else { return Ok(None) };
            for response in &found {
                put(&mut writer, &pages.row(response, &columns))?;
            }
        }
        Ok(Some((Bytes::from(written(writer)?), (pages, columns, false))))
    })
}

/// A sheet as a whole.
pub(super) fn whole(sheet: &Sheet) -> Result<Vec<u8>, PortalError> {
    let mut writer = writer(MARK.to_vec());
    head(&mut writer, &sheet.names)?;
    sheet.rows.iter().try_for_each(|row| put(&mut writer, row))?;
    written(writer)
}

fn writer(begun: Vec<u8>) -> Writer<Vec<u8>> {
    WriterBuilder::new().terminator(Terminator::CRLF).from_writer(begun)
}

fn head(writer: &mut Writer<Vec<u8>>, names: &[String]) -> Result<(), PortalError> {
    writer.write_record(names).map_err(|error| PortalError::internal(&error.to_string()))
}

fn put(writer: &mut Writer<Vec<u8>>, row: &Row) -> Result<(), PortalError> {
    writer.write_record(row.iter().map(text)).map_err(|error| PortalError::internal(&error.to_string()))
}

fn written(writer: Writer<Vec<u8>>) -> Result<Vec<u8>, PortalError> {
    writer.into_inner().map_err(|error| PortalError::internal(&error.to_string()))
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
