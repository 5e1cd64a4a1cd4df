//! `[spool]`: what a node keeps by itself while the database is away.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::key::Key;
use super::reader::Reader;

const USE: Key = Key::text(
    "spool",
    "use",
    ("auto (with a database server), always or never", "auto"),
    "Whether callers are served while the database is away: what they do is kept in a file of this node, and stored when \
     the database is back.",
);
const FILE: Key = Key::text(
    "spool",
    "file",
    ("a file", "spool.db"),
    "The file. A relative one stands below node.data_dir; it belongs on a disk of this machine.",
);
const MAX_MB: Key = Key::integer(
    "spool",
    "max_mb",
    ("megabytes (of 1,000,000 bytes)", 1, 100_000, 512),
    "How much may be kept. An answer takes about 400 bytes; beyond the limit callers are refused.",
);
pub(super) const PATIENCE_MS: Key = Key::integer(
    "spool",
    "patience_ms",
    ("milliseconds", 50, 10_000, 400),
    "How long the database may take for one thing that a caller waits for, before the spool takes over. A request asks up \
     to four: at most a quarter of ivr_api.deadline_ms where there is a spool.",
);

pub(super) const KEYS: [Key; 4] = [USE, FILE, MAX_MB, PATIENCE_MS];

/// Whether the spool is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpoolUse {
    /// With a database server.
    Auto,
    /// With every database.
    Always,
    /// With none.
    Never,
}

/// What is kept while the database is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spool {
    /// Whether it is.
    pub usage: SpoolUse,
    /// Where; its path is relative only if `node.data_dir` is.
    pub file: PathBuf,
    /// How much, in bytes.
    pub bytes_max: u64,
    /// How long the database is waited for.
    pub patience: Duration,
}

impl Spool {
    pub(super) fn read(reader: &mut Reader, data_dir: &Path) -> Self {
        let usage = reader.parsed(&USE, |word| match word {
            "auto" => Some(SpoolUse::Auto),
            "always" => Some(SpoolUse::Always),
            "never" => Some(SpoolUse::Never),
            _ => None,
        });
        let file = reader.parsed(&FILE, |text| (!text.is_empty()).then(|| data_dir.join(text)));
        Self {
            usage: usage.unwrap_or(SpoolUse::Auto),
            file: file.unwrap_or_default(),
            bytes_max: reader.integer(&MAX_MB) * 1_000_000,
            patience: reader.millis(&PATIENCE_MS),
        }
    }
}
