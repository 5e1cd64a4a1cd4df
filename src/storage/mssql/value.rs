//! Between Rust's values and the driver's.

use std::borrow::Cow;

use tiberius::{ColumnData, Row, ToSql};

use crate::storage::columns::{Cell, Columns};

/// A parameter of a statement. There is no NULL text and no NULL in bytes: statements say NULL by themselves.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Integer(i64),
    /// A handle: what takes one takes no larger number.
    Int(i32),
    IntegerOrNull(Option<i64>),
    Text(String),
    Bytes(Vec<u8>),
    /// A text that is declared as one of any length, also when it is short.
    LongText(String),
    /// The same of bytes.
    LongBytes(Vec<u8>),
}

/// The longest text and the most bytes that types with a length hold, in UTF-16 units and bytes.
const TEXT_MAX: usize = 4_000;
const BYTES_MAX: usize = 8_000;

impl Value {
    /// The type of the parameter. Short ones have types with a length, as the columns they are compared with.
    pub(super) fn declared(&self) -> &'static str {
        match self {
            Self::Integer(_) | Self::IntegerOrNull(_) => "BIGINT",
            Self::Int(_) => "INT",
            Self::Text(text) if text.encode_utf16().count() <= TEXT_MAX => "NVARCHAR(4000)",
            Self::Bytes(bytes) if bytes.len() <= BYTES_MAX => "VARBINARY(8000)",
            Self::Text(_) | Self::LongText(_) => "NVARCHAR(MAX)",
            Self::Bytes(_) | Self::LongBytes(_) => "VARBINARY(MAX)",
        }
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> ColumnData<'_> {
        match self {
            Self::Integer(number) => ColumnData::I64(Some(*number)),
            Self::Int(number) => ColumnData::I32(Some(*number)),
            Self::IntegerOrNull(number) => ColumnData::I64(*number),
            Self::Text(text) | Self::LongText(text) => ColumnData::String(Some(Cow::Borrowed(text))),
            Self::Bytes(bytes) | Self::LongBytes(bytes) => ColumnData::Binary(Some(Cow::Borrowed(bytes))),
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<u16> for Value {
    fn from(number: u16) -> Self {
        Self::Integer(number.into())
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Integer(flag.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(bytes: &[u8; N]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

/// A list of parameters.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$(crate::storage::mssql::value::Value::from($value)),*] };
}
pub(super) use values;

/// The columns of a row as every engine has them. A type that no statement of ours returns becomes a NULL, which the
/// reader of the row refuses.
pub(super) fn columns(row: Row) -> Columns {
    Columns::of(row.into_iter().map(cell).collect())
}

fn cell(data: ColumnData<'static>) -> Cell {
    let cell = match data {
        ColumnData::U8(number) => number.map(i64::from).map(Cell::Integer),
        ColumnData::I16(number) => number.map(i64::from).map(Cell::Integer),
        ColumnData::I32(number) => number.map(i64::from).map(Cell::Integer),
        ColumnData::I64(number) => number.map(Cell::Integer),
        ColumnData::Bit(flag) => flag.map(i64::from).map(Cell::Integer),
        ColumnData::String(text) => text.map(|text| Cell::Text(text.into_owned())),
        ColumnData::Binary(bytes) => bytes.map(|bytes| Cell::Bytes(bytes.into_owned())),
        _ => None,
    };
    cell.unwrap_or(Cell::Null)
}
