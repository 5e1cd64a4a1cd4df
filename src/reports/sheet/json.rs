//! Files for programs: a list of objects, named as the columns of the other forms.

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

use super::{Cell, Sheet};

/// A sheet as a whole.
pub fn whole(sheet: &Sheet) -> String {
    Value::from(sheet.rows.iter().map(|row| object(&sheet.names, row)).collect::<Vec<_>>()).to_string()
}

/// A row as an object.
pub fn object(names: &[String], row: &[Cell]) -> Value {
    Value::Object(names.iter().cloned().zip(row.iter().map(plain)).collect::<Map<_, _>>())
}

/// A value of a cell, for programs.
fn plain(cell: &Cell) -> Value {
    match cell {
        Cell::Nothing => Value::Null,
        Cell::Text(text) => json!(text),
        Cell::Number(number) => json!(number),
        Cell::Whole(number) => json!(number),
        Cell::Time(at) => json!(at.to_rfc3339_opts(SecondsFormat::Secs, true)),
    }
}
