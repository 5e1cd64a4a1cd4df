//! `[prompts]`: what callers hear. And `[recordings]`: what they say.

use std::path::PathBuf;
use std::time::Duration;

use super::key::Key;
use super::reader::Reader;

const CODEC: Key = Key::text(
    "prompts",
    "codec",
    ("ulaw (G.711 µ-law) or alaw (G.711 A-law)", "ulaw"),
    "The form in which replies to scripts name prompts. Every prompt is served in both.",
);
const MAX_BYTES: Key = Key::integer(
    "prompts",
    "max_bytes",
    ("bytes", 100_000, 200_000_000, 25_000_000),
    "The largest audio file that is taken as a prompt.",
);
const MAX_SECONDS: Key =
    Key::integer("prompts", "max_seconds", ("seconds", 1, 600, 120), "The longest prompt.");
const CACHE_MB: Key = Key::integer(
    "prompts",
    "cache_mb",
    ("megabytes (of 1,000,000 bytes)", 1, 10_000, 64),
    "Prompts kept in memory; the database has them all.",
);
const KEEP_REPLACED_HOURS: Key = Key::integer(
    "prompts",
    "keep_replaced_hours",
    ("hours", 1, 8760, 24),
    "How long audio that was replaced or removed can still be played, by calls in progress and caches of gateways.",
);
const FOLDER: Key = Key::text(
    "prompts",
    "folder",
    ("the path of a folder; \"\" for none", ""),
    "A folder of prompts that is kept in step: LANGUAGE/NAME.wav below it. `aftercall prompt sync` does it once and says what matched.",
);
const FOLDER_SCAN_S: Key = Key::integer(
    "prompts",
    "folder_scan_s",
    ("seconds", 1, 86_400, 30),
    "How often the folder is looked at. It may be a share of another machine, which tells nobody of changes.",
);
const RECORDING_MAX_BYTES: Key = Key::integer(
    "recordings",
    "max_bytes",
    ("bytes", 10_000, 200_000_000, 10_000_000),
    "The largest recording that is taken, as it is sent.",
);
const RECORDING_MIN_MS: Key = Key::integer(
    "recordings",
    "min_ms",
    ("milliseconds", 0, 10_000, 300),
    "A recording shorter than this is refused: it holds no word.",
);

pub(super) const KEYS: [Key; 9] = [
    CODEC,
    MAX_BYTES,
    MAX_SECONDS,
    CACHE_MB,
    KEEP_REPLACED_HOURS,
    FOLDER,
    FOLDER_SCAN_S,
    RECORDING_MAX_BYTES,
    RECORDING_MIN_MS,
];

/// The two laws of G.711.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptCodec {
    /// µ-law: North America and Japan, and most contact centres of Cisco.
    Ulaw,
    /// A-law: the rest of the world's lines.
    Alaw,
}

/// What callers hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompts {
    /// The form named to scripts.
    pub codec: PromptCodec,
    /// The largest file, in bytes.
    pub max_bytes: usize,
    /// The longest prompt.
    pub longest: Duration,
    /// Prompts kept in memory, in bytes.
    pub cache_bytes: usize,
    /// How long replaced audio can still be played.
    pub keep_replaced: Duration,
    /// The folder that is kept in step.
    pub folder: Option<PathBuf>,
    /// How often it is looked at.
    pub folder_scan: Duration,
}

impl Prompts {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let codec = reader.parsed(&CODEC, |text| match text {
            "ulaw" => Some(PromptCodec::Ulaw),
            "alaw" => Some(PromptCodec::Alaw),
            _ => None,
        });
        let hours: u32 = reader.number(&KEEP_REPLACED_HOURS);
        let megabytes: usize = reader.number(&CACHE_MB);
        let folder = reader.text(&FOLDER);
        Self {
            codec: codec.unwrap_or(PromptCodec::Ulaw),
            max_bytes: reader.number(&MAX_BYTES),
            longest: reader.secs(&MAX_SECONDS),
            cache_bytes: megabytes * 1_000_000,
            keep_replaced: Duration::from_secs(u64::from(hours) * 3600),
            folder: (!folder.is_empty()).then(|| PathBuf::from(folder)),
            folder_scan: reader.secs(&FOLDER_SCAN_S),
        }
    }
}

/// What callers say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recordings {
    /// The largest recording as it is sent, in bytes.
    pub max_bytes: usize,
    /// The shortest recording.
    pub shortest: Duration,
}

impl Recordings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self { max_bytes: reader.number(&RECORDING_MAX_BYTES), shortest: reader.millis(&RECORDING_MIN_MS) }
    }
}
