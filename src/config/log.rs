//! `[log]`: what is written, and how.

use tracing_subscriber::EnvFilter;

use super::key::Key;
use super::reader::Reader;

const LEVEL: Key = Key::text(
    "log",
    "level",
    ("error, warn, info, debug or trace, or a filter such as info,aftercall::supervise=debug", "info"),
    "What is logged.",
);
const FORMAT: Key = Key::text(
    "log",
    "format",
    ("text or json", "text"),
    "How a line looks: text for people, json for collectors. Logs go to standard error.",
);
pub(super) const KEYS: [Key; 2] = [LEVEL, FORMAT];

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For collectors.
    Json,
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// A filter that `EnvFilter` takes; it was tried.
    pub level: String,
    /// How a line looks.
    pub format: LogFormat,
}

impl Log {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let level = reader.parsed(&LEVEL, |text| is_filter(text).then(|| text.to_owned()));
        let format = reader.parsed(&FORMAT, |text| match text {
            "text" => Some(LogFormat::Text),
            "json" => Some(LogFormat::Json),
            _ => None,
        });
        Self { level: level.unwrap_or_default(), format: format.unwrap_or(LogFormat::Text) }
    }
}

/// Whether a text filters logs as meant. A lone word that is no level would name a target and silence all else.
fn is_filter(text: &str) -> bool {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let part_is_meant = |part: &str| part.contains('=') || LEVELS.contains(&part);
    !text.is_empty() && text.split(',').all(part_is_meant) && EnvFilter::try_new(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_a_level_or_a_filter_and_never_a_misspelt_word() {
        for good in ["info", "off", "warn,aftercall=debug", "info,aftercall::supervise=trace"] {
            assert!(is_filter(good), "{good}");
        }
        for bad in ["", "inof", "INFORMATION", "info,", "aftercall=loud"] {
            assert!(!is_filter(bad), "{bad}");
        }
    }
}
