//! Tables for people: plain text, no colour, no lines, so that they can be cut and sorted by other tools too.

use chrono::{DateTime, Utc};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::output::say;

/// A table with these headings.
pub(super) fn table(headings: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(headings.iter().map(|heading| heading.to_uppercase()));
    table
}

/// Puts the figures of these columns, and their headings, to the right.
pub(super) fn to_the_right(table: &mut Table, columns: impl IntoIterator<Item = usize>) {
    for column in columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// Prints it without blanks at the ends of lines.
pub(super) fn print(table: &Table) {
    for line in table.lines() {
        say!("{}", line.strip_prefix(' ').unwrap_or(&line).trim_end());
    }
}

/// A moment to the second, or a dash.
pub(super) fn moment(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| "-".to_owned(), |at| at.format("%Y-%m-%d %H:%M:%SZ").to_string())
}
