//! `[reports]`: the folder into which figures are written as files.

use std::path::PathBuf;

use super::key::Key;
use super::reader::Reader;

const FOLDER: Key = Key::text(
    "reports",
    "folder",
    ("the path of a folder; \"\" for none", ""),
    "Where the figures of each period that is over are written as files, for other programs to fetch. It has to be there and belong \
     to the user that the server runs as; it may be a share of another machine, also one that all nodes have. One node writes at a \
     time.",
);
const FORMATS: Key = Key::text(
    "reports",
    "formats",
    ("csv, xlsx, json: one or more, separated by commas", "csv"),
    "The forms in which each file is written.",
);
const PERIODS: Key = Key::text(
    "reports",
    "periods",
    ("day, week, month: one or more, separated by commas", "day, week, month"),
    "The periods files are written for, in the site's time zone. A week begins on Monday. Files are written once \
     survey.idle_minutes and survey.late_minutes have passed after the end of the period, and not again.",
);
const KEEP_DAYS: Key = Key::integer(
    "reports",
    "keep_days",
    ("days", 0, 3650, 400),
    "How long files are kept, from the last day of their period on; 0 keeps all. Only files are deleted whose names are written by aftercall.",
);

pub(super) const KEYS: [Key; 4] = [FOLDER, FORMATS, PERIODS, KEEP_DAYS];

/// A form of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFormat {
    /// For spreadsheets of every kind.
    Csv,
    /// An Excel workbook.
    Xlsx,
    /// For programs.
    Json,
}

/// A period that files are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportEvery {
    /// A day.
    Day,
    /// A week from Monday.
    Week,
    /// A month.
    Month,
}

/// The folder into which figures are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reports {
    /// The folder; `None`: nothing is written.
    pub folder: Option<PathBuf>,
    /// The forms of files.
    pub formats: Vec<ReportFormat>,
    /// The periods.
    pub periods: Vec<ReportEvery>,
    /// Days files are kept; 0: for good.
    pub keep_days: u32,
}

impl Reports {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let folder = reader.text(&FOLDER);
        let formats = reader.parsed(&FORMATS, |text| {
            some_of(text, |word| match word {
                "csv" => Some(ReportFormat::Csv),
                "xlsx" => Some(ReportFormat::Xlsx),
                "json" => Some(ReportFormat::Json),
                _ => None,
            })
        });
        let periods = reader.parsed(&PERIODS, |text| {
            some_of(text, |word| match word {
                "day" => Some(ReportEvery::Day),
                "week" => Some(ReportEvery::Week),
                "month" => Some(ReportEvery::Month),
                _ => None,
            })
        });
        Self {
            folder: (!folder.is_empty()).then(|| PathBuf::from(folder)),
            formats: formats.unwrap_or_default(),
            periods: periods.unwrap_or_default(),
            keep_days: reader.number(&KEEP_DAYS),
        }
    }
}

/// One or more words, each once.
fn some_of<T: PartialEq>(text: &str, word: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let mut all: Vec<T> = Vec::new();
    for part in text.split(',') {
        let one = word(part.trim())?;
        if !all.contains(&one) {
            all.push(one);
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_at_least_one_word_and_only_known_ones() {
        let letter = |word: &str| ["a", "b"].into_iter().find(|known| *known == word);
        assert_eq!(some_of("b, a ,b", letter), Some(vec!["b", "a"]));
        for bad in ["", "a,", "a,c", "A", "a b"] {
            assert_eq!(some_of(bad, letter), None, "{bad:?}");
        }
    }
}
