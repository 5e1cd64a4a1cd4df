//! `[node]`: this machine. And `[site]`: where it stands.

use std::path::PathBuf;

use chrono_tz::Tz;

use super::key::Key;
use super::reader::Reader;

/// As long as a host's name can be on Linux (`HOST_NAME_MAX`).
const NAME_MAX: usize = 64;

const NAME: Key = Key::text(
    "node",
    "name",
    ("1 to 64 letters, digits, dots, dashes or underscores; \"\" for the host's name", ""),
    "What this node is called in logs, in health and beside each offer it answered.",
);
const DATA_DIR: Key = Key::text(
    "node",
    "data_dir",
    ("a path", "/var/lib/aftercall"),
    "The folder for everything this node keeps. A relative database file stands below it.",
);
const TIME_ZONE: Key = Key::text(
    "site",
    "time_zone",
    ("an IANA time zone such as Europe/Madrid or UTC", "UTC"),
    "The time zone of surveys' schedules and of reports by day.",
);

pub(super) const KEYS: [Key; 3] = [NAME, DATA_DIR, TIME_ZONE];

/// This machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is called.
    pub name: String,
    /// The folder for everything it keeps.
    pub data_dir: PathBuf,
}

impl Node {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let name = match reader.text(&NAME) {
            name if name.is_empty() => sysinfo::System::host_name().unwrap_or_default(),
            name => name,
        };
        let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if name.is_empty() || name.len() > NAME_MAX || !name.chars().all(allowed) {
            reader.refuse(&NAME, &name, &format!("{} (which must fit too)", NAME.rule()));
        }
        let data_dir =
            reader.parsed(&DATA_DIR, |text| Some(PathBuf::from(text)).filter(|_| !text.is_empty()));
        Self { name, data_dir: data_dir.unwrap_or_default() }
    }
}

/// Where the contact centre stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The time zone of schedules and of reports by day.
    pub time_zone: Tz,
}

impl Site {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self { time_zone: reader.parsed(&TIME_ZONE, |text| text.parse().ok()).unwrap_or(Tz::UTC) }
    }
}
