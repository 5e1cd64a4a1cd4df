//! Tables as files: a header and rows of cells that keep what is a number and what is a time.

pub mod csv;
mod figures;
pub mod json;
pub mod xlsx;

use ::csv::Error as CsvError;
use chrono::DateTime;
use chrono_tz::Tz;
use rust_xlsxwriter::XlsxError;

pub use figures::{Report, figures};

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// None.
    Nothing,
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// A count.
    Whole(u64),
    /// A time, in the zone people read it in.
    Time(DateTime<Tz>),
}

/// A row.
pub type Row = Vec<Cell>;

/// A table that is small enough to be held.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The names of its columns.
    pub names: Vec<String>,
    /// Its rows, a cell for each column.
    pub rows: Vec<Row>,
}

impl Sheet {
    /// The whole of it as a file.
    pub fn to_file(&self, form: Form) -> Result<Vec<u8>, SheetError> {
        match form {
            Form::Csv => csv::whole(self),
            Form::Json => json::whole(self),
            Form::Xlsx => xlsx::whole(self),
        }
    }
}

/// The kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For spreadsheets of every kind (RFC 4180).
    Csv,
    /// A workbook with real numbers and dates.
    Xlsx,
    /// For programs.
    Json,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Xlsx, Self::Json];

    /// The one that files end with.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.as_str() == word)
    }

    /// What its files end with.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
        }
    }

    /// Its media type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json",
        }
    }
}

/// Why a table did not become a file.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// As CSV.
    #[error("cannot write the CSV file")]
    Csv(#[from] CsvError),
    /// As CSV, at the end.
    #[error("cannot end the CSV file: {0}")]
    CsvEnd(String),
    /// As JSON.
    #[error("cannot write the JSON file")]
    Json(#[from] serde_json::Error),
    /// As a workbook.
    #[error("cannot write the workbook")]
    Xlsx(#[from] XlsxError),
}
