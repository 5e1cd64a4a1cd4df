//! Rows of any number as a few parameters. All rows of a table are one parameter of records of equal width, which the
//! statement takes apart by their places; texts and audio, whose lengths differ, stand in two parameters of their own,
//! where the records say. So the text of a statement is the same whatever it is about: the server reads it once.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::value::Value;

/// Rows of a table at most.
pub(super) const ROWS_MAX: usize = DIGITS * DIGITS;

/// How a database counts the places of a text: it depends on its collation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextUnits {
    /// A character outside the basic plane takes two places.
    Utf16,
    /// Each character takes one (supplementary character collations, `_SC`).
    Characters,
}

impl TextUnits {
    fn count(self, text: &str) -> usize {
        match self {
            Self::Utf16 => text.encode_utf16().count(),
            Self::Characters => text.chars().count(),
        }
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// 16 bytes.
    Id,
    /// A number for a column of type INT: an index on one is of no use to a larger number everywhere.
    Int,
    /// A number for a column of type BIGINT.
    BigInt,
    /// A text.
    Text,
    /// Bytes of any length.
    Bytes,
    /// The same, or NULL.
    OrNull(&'static Kind),
}

impl Kind {
    /// The bytes it takes in a record.
    const fn width(self) -> usize {
        match self {
            Self::Id => 16,
            Self::Int => 4,
            // Of texts and bytes: where they begin (from 1) and their length.
            Self::BigInt | Self::Text | Self::Bytes => 8,
            Self::OrNull(kind) => 1 + kind.width(),
        }
    }

    /// The value that stands at this place (from 1) of the record at `p` of the records `r`.
    fn taken_from(self, at: usize) -> String {
        let part = |at: usize, bytes: usize| format!("SUBSTRING(r, p+{at}, {bytes})");
        let within = |heap: &str| {
            let [start, length] = [at, at + 4].map(|at| format!("CAST({} AS INT)", part(at, 4)));
            format!("SUBSTRING({heap}, {start}, {length})")
        };
        match self {
            Self::Id => format!("CAST({} AS BINARY(16))", part(at, 16)),
            Self::Int => format!("CAST({} AS INT)", part(at, 4)),
            Self::BigInt => format!("CAST({} AS BIGINT)", part(at, 8)),
            Self::Text => within(TEXTS),
            Self::Bytes => within(BYTES),
            Self::OrNull(kind) => {
                format!("CASE WHEN {} = 0x01 THEN {} END", part(at, 1), kind.taken_from(at + 1))
            }
        }
    }
}

/// One value of a row.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cell<'a> {
    Id(&'a [u8; 16]),
    Int(i32),
    BigInt(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
    Null,
}

impl Cell<'_> {
    /// NULL when there is none.
    pub(super) fn or_null<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Null, cell)
    }

    /// Any value of a kind, to fill a record whose value is NULL.
    fn any_of(kind: Kind) -> Self {
        match kind {
            Kind::Id => Self::Id(&[0; 16]),
            Kind::Int => Self::Int(0),
            Kind::BigInt => Self::BigInt(0),
            Kind::Text => Self::Text(""),
            Kind::Bytes => Self::Bytes(&[]),
            Kind::OrNull(_) => Self::Null,
        }
    }
}

/// The names and kinds of a table's columns. Its rows have a cell of each kind, in this order.
pub(super) type Columns = [(&'static str, Kind)];

/// Digits of the numbers of rows.
const DIGITS: usize = 16;
/// The parameters of all texts and of all other bytes; two of each table come after them: its records and their length.
const TEXTS: &str = "@P1";
const BYTES: &str = "CAST(@P2 AS VARBINARY(MAX))";
const FIRST: usize = 3;

/// The parameter with the length of a table's records; tables are numbered from 0.
pub(super) fn length_of(table: usize) -> String {
    format!("@P{}", FIRST + 2 * table + 1)
}

/// The count of a table's rows as a statement reckons it.
pub(super) fn count_of(table: usize, columns: &Columns) -> String {
    format!("{} / {}", length_of(table), width_of(columns))
}

/// A table's rows, in brackets, for a statement.
pub(super) fn rows_of(table: usize, columns: &Columns) -> String {
    let mut sql = String::from("(SELECT ");
    let mut at = 1;
    for (place, (name, kind)) in columns.iter().enumerate() {
        let comma = if place == 0 { "" } else { ", " };
        // Writing into a String cannot fail.
        let _ = write!(sql, "{comma}{} AS {name}", kind.taken_from(at));
        at += kind.width();
    }
    let places = |step: usize| {
        let places: Vec<String> = (0..DIGITS).map(|digit| format!("({})", digit * step)).collect();
        places.join(",")
    };
    let width = width_of(columns);
    let _ = write!(
        sql,
        " FROM (SELECT few.n+many.n AS p, CAST(@P{records} AS VARBINARY(MAX)) AS r \
         FROM (VALUES {}) AS few (n) CROSS JOIN (VALUES {}) AS many (n)) AS i WHERE p < {})",
        places(width),
        places(width * DIGITS),
        length_of(table),
        records = FIRST + 2 * table,
    );
    sql
}

fn width_of(columns: &Columns) -> usize {
    columns.iter().map(|(_, kind)| kind.width()).sum()
}

/// Packs the tables of one request, in their order.
#[derive(Debug)]
pub(super) struct Packer {
    units: TextUnits,
    texts: String,
    texts_len: usize,
    /// Where texts stand that came before, and their lengths.
    known: HashMap<String, (usize, usize)>,
    bytes: Vec<u8>,
    tables: Vec<Value>,
}

impl Packer {
    pub(super) fn new(units: TextUnits) -> Self {
        Self {
            units,
            texts: String::new(),
            texts_len: 0,
            known: HashMap::new(),
            bytes: Vec::new(),
            tables: Vec::new(),
        }
    }

    /// Packs the rows of the next table: [`ROWS_MAX`] at most.
    pub(super) fn table<'a, const N: usize>(
        &mut self,
        columns: &[(&'static str, Kind); N],
        rows: impl Iterator<Item = [Cell<'a>; N]>,
    ) {
        let mut records = Vec::new();
        for row in rows {
            for ((_, kind), cell) in columns.iter().zip(row) {
                self.put(&mut records, *kind, cell);
            }
        }
        debug_assert!(records.len() <= ROWS_MAX * width_of(columns), "more rows than a statement takes");
        let length = i64::try_from(records.len()).unwrap_or(i64::MAX);
        self.tables.extend([Value::LongBytes(records), Value::Integer(length)]);
    }

    /// All parameters, in order.
    pub(super) fn finish(self) -> Vec<Value> {
        let mut values = vec![Value::LongText(self.texts), Value::LongBytes(self.bytes)];
        values.extend(self.tables);
        values
    }

    fn put(&mut self, record: &mut Vec<u8>, kind: Kind, cell: Cell<'_>) {
        match (kind, cell) {
            (Kind::OrNull(kind), cell) => {
                let is_null = matches!(cell, Cell::Null);
                record.push((!is_null).into());
                self.put(record, *kind, if is_null { Cell::any_of(*kind) } else { cell });
            }
            (Kind::Id, Cell::Id(id)) => record.extend(id),
            (Kind::Int, Cell::Int(number)) => record.extend(number.to_be_bytes()),
            (Kind::BigInt, Cell::BigInt(number)) => record.extend(number.to_be_bytes()),
            (Kind::Text, Cell::Text(text)) => {
                let place = self.place_of(text);
                put_place(record, place);
            }
            (Kind::Bytes, Cell::Bytes(bytes)) => {
                put_place(record, (self.bytes.len() + 1, bytes.len()));
                self.bytes.extend(bytes);
            }
            (kind, cell) => {
                debug_assert!(false, "{cell:?} is not {kind:?}");
                self.put(record, kind, Cell::any_of(kind));
            }
        }
    }

    /// Where a text stands among the texts, and its length; the same text stands there once.
    fn place_of(&mut self, text: &str) -> (usize, usize) {
        if let Some(place) = self.known.get(text) {
            return *place;
        }
        let place = (self.texts_len + 1, self.units.count(text));
        self.texts.push_str(text);
        self.texts_len += place.1;
        self.known.insert(text.to_owned(), place);
        place
    }
}

/// Start and length as two numbers of four bytes; a request is far smaller than they reach.
fn put_place(record: &mut Vec<u8>, (start, length): (usize, usize)) {
    for number in [start, length] {
        record.extend(i32::try_from(number).unwrap_or(i32::MAX).to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMED: [(&str, Kind); 2] = [("id", Kind::OrNull(&Kind::Id)), ("word", Kind::OrNull(&Kind::Text))];
    const WORD: [(&str, Kind); 1] = [("word", Kind::Text)];

    fn records<'a, const N: usize>(
        units: TextUnits,
        columns: &[(&'static str, Kind); N],
        rows: impl IntoIterator<Item = [Cell<'a>; N]>,
    ) -> (String, Vec<u8>) {
        let mut packer = Packer::new(units);
        packer.table(columns, rows.into_iter());
        match &packer.finish()[..] {
            [Value::LongText(texts), _, Value::LongBytes(records), Value::Integer(length)] => {
                assert_eq!(usize::try_from(*length).unwrap(), records.len());
                (texts.clone(), records.clone())
            }
            others => panic!("{others:?}"),
        }
    }

    #[test]
    fn records_have_one_width_whatever_is_null() {
        let rows = [[Cell::Null, Cell::Text("é")], [Cell::Id(&[7; 16]), Cell::Null]];
        let (_, records) = records(TextUnits::Utf16, &NAMED, rows);
        assert_eq!(records.len(), 2 * width_of(&NAMED));
        assert_eq!(records[..17], [0; 17]);
        assert_eq!(records[17..26], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
        assert_eq!((records[26], records[27], records[43]), (1, 7, 0));
    }

    #[test]
    fn a_text_stands_once_and_is_counted_as_the_database_counts() {
        for (units, after) in [(TextUnits::Utf16, 3), (TextUnits::Characters, 2)] {
            let rows = ["😀", "b", "😀"].map(|text| [Cell::Text(text)]);
            let (texts, records) = records(units, &WORD, rows);
            let start = |row: usize| records[row * 8 + 3];
            assert_eq!([start(0), start(1), start(2)], [1, after, 1], "{units:?}");
            assert_eq!(texts, "😀b");
        }
    }

    #[test]
    fn a_statement_reaches_the_last_row_there_can_be() {
        let last = format!("({})", 8 * DIGITS * (DIGITS - 1));
        assert!(rows_of(1, &WORD).contains(&last));
        assert_eq!((length_of(1), count_of(1, &WORD)), ("@P6".to_owned(), "@P6 / 8".to_owned()));
    }
}
