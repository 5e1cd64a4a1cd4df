//! Files for programs: a list of objects, named as the columns of the other forms, in their order.

use chrono::SecondsFormat;
use serde::{Serialize, Serializer};

use super::{Cell, Sheet, SheetError};

/// A sheet as a whole.
pub fn whole(sheet: &Sheet) -> Result<Vec<u8>, SheetError> {
    let rows: Vec<Object<'_>> = sheet.rows.iter().map(|row| Object { names: &sheet.names, row }).collect();
    Ok(serde_json::to_vec(&rows)?)
}

/// Writes a row as an object.
pub fn put(written: &mut Vec<u8>, names: &[String], row: &[Cell]) -> Result<(), SheetError> {
    Ok(serde_json::to_writer(written, &Object { names, row })?)
}

struct Object<'a> {
    names: &'a [String],
    row: &'a [Cell],
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.names.iter().zip(self.row))
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Whole(number) => serializer.serialize_u64(*number),
            Self::Time(at) => serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        }
    }
}
