//! `[survey]`: how long responses live and how fresh the published surveys are.

use std::time::Duration;

use super::key::Key;
use super::reader::Reader;

const IDLE_MINUTES: Key = Key::integer(
    "survey",
    "idle_minutes",
    ("minutes", 1, 10_080, 60),
    "After so long without an answer an open response is ended: partial with answers, else expired.",
);
const LATE_MINUTES: Key = Key::integer(
    "survey",
    "late_minutes",
    ("minutes", 0, 10_080, 60),
    "How long after a response ended, by hang-up or by time, answers to it are still taken.",
);
const CALL_REPEAT_MINUTES: Key = Key::integer(
    "survey",
    "call_repeat_minutes",
    ("minutes", 1, 10_080, 240),
    "How long a repeated ask with the same call id gets the same response. At least idle_minutes.",
);
const CATALOG_REFRESH_MS: Key = Key::integer(
    "survey",
    "catalog_refresh_ms",
    ("milliseconds", 50, 1000, 250),
    "How often published surveys are looked at: publish, pause and resume take effect within this time.",
);
const CACHE_RESPONSES_MAX: Key = Key::integer(
    "survey",
    "cache_responses_max",
    ("responses", 100, 1_000_000, 20_000),
    "Responses in progress kept in memory; the database has them all.",
);

pub(super) const KEYS: [Key; 5] =
    [IDLE_MINUTES, LATE_MINUTES, CALL_REPEAT_MINUTES, CATALOG_REFRESH_MS, CACHE_RESPONSES_MAX];

/// How long responses live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// An open response without an answer for this long is ended.
    pub idle: Duration,
    /// Answers are still taken for this long after that.
    pub late: Duration,
    /// A repeated ask with the same call id gets the same response for this long.
    pub call_repeat: Duration,
    /// How often the catalogue is looked at.
    pub catalog_refresh: Duration,
    /// Responses in progress kept in memory.
    pub cache_responses_max: usize,
}

impl Survey {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let section = Self {
            idle: reader.minutes(&IDLE_MINUTES),
            late: reader.minutes(&LATE_MINUTES),
            call_repeat: reader.minutes(&CALL_REPEAT_MINUTES),
            catalog_refresh: reader.millis(&CATALOG_REFRESH_MS),
            cache_responses_max: reader.number(&CACHE_RESPONSES_MAX),
        };
        if section.call_repeat < section.idle {
            let idle = section.idle.as_secs() / 60;
            let value = section.call_repeat.as_secs() / 60;
            // Else a response could still be open whose call would get a second one.
            let rule = format!("at least survey.idle_minutes, which is {idle}");
            reader.refuse(&CALL_REPEAT_MINUTES, &value.to_string(), &rule);
        }
        section
    }
}
