//! `[drill]`: crashes on purpose.

use super::key::Key;
use super::reader::Reader;

const ENABLED: Key = Key::flag(
    "drill",
    "enabled",
    false,
    "Whether a key of scope admin may crash parts over HTTP on purpose, to see them come back.",
);

pub(super) const KEYS: [Key; 1] = [ENABLED];

/// Crashes on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drill {
    /// Whether they can be asked for over HTTP.
    pub enabled: bool,
}

impl Drill {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self { enabled: reader.flag(&ENABLED) }
    }
}
