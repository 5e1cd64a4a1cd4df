//! `[supervision]`: how a crashed part is brought back and when to give up.

use std::time::Duration;

use super::key::Key;
use super::reader::Reader;
use crate::foundation::Backoff;

const RESTARTS_MAX: Key = Key::integer(
    "supervision",
    "restarts_max",
    ("restarts", 1, 1000, 5),
    "So many restarts of one part within restarts_within_s; one more and its whole group is restarted.",
);
const RESTARTS_WITHIN_S: Key = Key::integer(
    "supervision",
    "restarts_within_s",
    ("seconds", 1, 3600, 30),
    "The time over which the restarts of one part are counted.",
);
const GROUP_RESTARTS_MAX: Key = Key::integer(
    "supervision",
    "group_restarts_max",
    ("restarts", 1, 1000, 3),
    "So many restarts of a group within group_restarts_within_s; one more and the program ends with exit code 70, \
     for the service manager to start it afresh.",
);
const GROUP_RESTARTS_WITHIN_S: Key = Key::integer(
    "supervision",
    "group_restarts_within_s",
    ("seconds", 1, 86_400, 300),
    "The time over which the restarts of a group are counted. At least restarts_within_s.",
);
const BACKOFF_MIN_MS: Key = Key::integer(
    "supervision",
    "backoff_min_ms",
    ("milliseconds", 1, 60_000, 50),
    "The wait before the second restart in a row (the first comes at once); it doubles each time.",
);
const BACKOFF_MAX_MS: Key = Key::integer(
    "supervision",
    "backoff_max_ms",
    ("milliseconds", 1, 600_000, 5000),
    "The longest wait before a restart. At least backoff_min_ms.",
);
const HEARTBEAT_MS: Key = Key::integer(
    "supervision",
    "heartbeat_ms",
    ("milliseconds", 500, 600_000, 10_000),
    "A part that does not turn its loop for so long has hung: it is abandoned and built anew.",
);
const STOP_HARD_LIMIT_S: Key = Key::integer(
    "supervision",
    "stop_hard_limit_s",
    ("seconds", 1, 3600, 30),
    "A stop that takes longer is cut short by ending the process. No acknowledged answer is lost by it.",
);

pub(super) const KEYS: [Key; 8] = [
    RESTARTS_MAX,
    RESTARTS_WITHIN_S,
    GROUP_RESTARTS_MAX,
    GROUP_RESTARTS_WITHIN_S,
    BACKOFF_MIN_MS,
    BACKOFF_MAX_MS,
    HEARTBEAT_MS,
    STOP_HARD_LIMIT_S,
];

/// How a crashed part is brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supervision {
    /// Restarts of one part within `restarts_within` before its group is restarted.
    pub restarts_max: u32,
    /// The time over which they are counted.
    pub restarts_within: Duration,
    /// Restarts of a group within `group_restarts_within` before the program gives up.
    pub group_restarts_max: u32,
    /// The time over which they are counted.
    pub group_restarts_within: Duration,
    /// The waits between restarts.
    pub backoff: Backoff,
    /// A part silent for so long has hung.
    pub heartbeat: Duration,
    /// A stop that takes longer ends the process.
    pub stop_hard_limit: Duration,
}

impl Supervision {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let section = Self {
            restarts_max: reader.number(&RESTARTS_MAX),
            restarts_within: reader.secs(&RESTARTS_WITHIN_S),
            group_restarts_max: reader.number(&GROUP_RESTARTS_MAX),
            group_restarts_within: reader.secs(&GROUP_RESTARTS_WITHIN_S),
            backoff: Backoff { min: reader.millis(&BACKOFF_MIN_MS), max: reader.millis(&BACKOFF_MAX_MS) },
            heartbeat: reader.millis(&HEARTBEAT_MS),
            stop_hard_limit: reader.secs(&STOP_HARD_LIMIT_S),
        };
        let Backoff { min, max } = section.backoff;
        if max < min {
            let rule = format!("at least supervision.backoff_min_ms, which is {}", min.as_millis());
            reader.refuse(&BACKOFF_MAX_MS, &max.as_millis().to_string(), &rule);
        }
        let (part, group) = (section.restarts_within.as_secs(), section.group_restarts_within.as_secs());
        if group < part {
            let rule = format!("at least supervision.restarts_within_s, which is {part}");
            reader.refuse(&GROUP_RESTARTS_WITHIN_S, &group.to_string(), &rule);
        }
        section
    }
}
