//! The configuration as people are shown it: every key, its value, and where that was set. No secret is among it.

use super::database;
use super::key::{Key, Kind};
use super::reader::Reader;

/// A key and what applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownSetting {
    /// The key.
    pub path: String,
    /// What it does.
    pub doc: &'static str,
    /// Its value; of a secret only whether there is one.
    pub value: String,
    /// Where it was set: a place in a file, a variable or a flag; `None`: it is the default, set or not.
    pub origin: Option<String>,
}

/// What applies of each key.
pub(super) fn all(reader: &Reader, keys: &[Key]) -> Vec<ShownSetting> {
    let show = |key: &Key| {
        let default = key.default_toml().trim_matches('"').to_owned();
        let set = reader.as_set(key).filter(|(value, _)| *value != default);
        let value = match (&set, key.kind) {
            (set, Kind::Secret { .. }) => if set.is_some() { "•••" } else { "" }.to_owned(),
            (Some((value, _)), _) => value.clone(),
            (None, _) => default,
        };
        let value =
            if key.path() == database::URL.path() { database::without_password(&value) } else { value };
        ShownSetting { path: key.path(), doc: key.doc, value, origin: set.map(|(_, origin)| origin) }
    };
    keys.iter().map(show).collect()
}
