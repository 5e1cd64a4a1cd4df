//! `[janitor]`: how often what is over is ended and deleted.

use std::time::Duration;

use super::key::Key;
use super::reader::Reader;

const EVERY_S: Key = Key::integer(
    "janitor",
    "every_s",
    ("seconds", 1, 86_400, 60),
    "How often idle responses are ended and responses past their retention are deleted.",
);
const BATCH: Key = Key::integer(
    "janitor",
    "batch",
    ("responses", 1, 10_000, 500),
    "How many it ends or deletes in one transaction, so that answers never wait long behind it.",
);
const KEEP_FRUITLESS_OFFERS_DAYS: Key = Key::integer(
    "janitor",
    "keep_fruitless_offers_days",
    ("days", 1, 3650, 90),
    "How long an ask that led to no survey is kept, for `aftercall offers`. It holds the caller's number. Responses are \
     kept as long as their survey's retention_days says.",
);

pub(super) const KEYS: [Key; 3] = [EVERY_S, BATCH, KEEP_FRUITLESS_OFFERS_DAYS];

/// The one that ends and deletes what is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Janitor {
    /// How often it works.
    pub every: Duration,
    /// How many responses it takes in one transaction.
    pub batch: u32,
    /// How long asks are kept that no response began with.
    pub keep_fruitless_offers: Duration,
}

impl Janitor {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let days: u32 = reader.number(&KEEP_FRUITLESS_OFFERS_DAYS);
        Self {
            every: reader.secs(&EVERY_S),
            batch: reader.number(&BATCH),
            keep_fruitless_offers: Duration::from_secs(u64::from(days) * 86_400),
        }
    }
}
