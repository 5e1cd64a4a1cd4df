//! `[lease]`: what one node at a time may do, and how soon another takes over.

use std::time::Duration;

use super::key::Key;
use super::reader::Reader;
use crate::foundation::{LeaseTiming, TimingError};

const TTL_MS: Key = Key::integer(
    "lease",
    "ttl_ms",
    ("milliseconds", 3_000, 300_000, 10_000),
    "How long a node that died keeps what it alone may do (such as deleting what is past its retention); another takes it over \
     then. The same on all nodes. Fast: 5000, with renew_ms 1000, timeout_ms 1000, stop_ms 3500, look_ms 500; then a \
     database that does not answer for 3.5 s makes it change hands.",
);
const RENEW_MS: Key = Key::integer(
    "lease",
    "renew_ms",
    ("milliseconds", 200, 100_000, 2_500),
    "How often a holder renews it. Twice this and timeout_ms are at most stop_ms.",
);
const TIMEOUT_MS: Key = Key::integer(
    "lease",
    "timeout_ms",
    ("milliseconds", 100, 60_000, 2_000),
    "How long the database may take to answer for a lease.",
);
const STOP_MS: Key = Key::integer(
    "lease",
    "stop_ms",
    ("milliseconds", 1_000, 290_000, 7_000),
    "How long after its last good renewal a holder works on, by its own clock. At least 1500 less than ttl_ms.",
);
const LOOK_MS: Key = Key::integer(
    "lease",
    "look_ms",
    ("milliseconds", 100, 60_000, 1_000),
    "How often the other nodes look whether it is free. At most half of ttl_ms.",
);

pub(super) const KEYS: [Key; 5] = [TTL_MS, RENEW_MS, TIMEOUT_MS, STOP_MS, LOOK_MS];

pub(super) fn read(reader: &mut Reader) -> LeaseTiming {
    let [ttl, renew, timeout, stop, look] = KEYS.each_ref().map(|key| reader.millis(key));
    LeaseTiming::new(ttl, renew, timeout, stop, look).unwrap_or_else(|error| {
        let most = |most: Duration| most.as_millis();
        let (key, value, rule) = match error {
            TimingError::RenewsTooRarely => {
                let most = most(stop.saturating_sub(timeout) / 2);
                (
                    &RENEW_MS,
                    renew,
                    format!("at most {most}: twice it and lease.timeout_ms fit into lease.stop_ms"),
                )
            }
            TimingError::StopsTooLate => {
                let most = most(ttl.saturating_sub(Duration::from_millis(1_500)));
                (&STOP_MS, stop, format!("at most {most}: 1500 less than lease.ttl_ms"))
            }
            TimingError::LooksTooRarely => {
                (&LOOK_MS, look, format!("at most {}: half of lease.ttl_ms", most(ttl / 2)))
            }
        };
        reader.refuse(key, &value.as_millis().to_string(), &rule);
        LeaseTiming::default()
    })
}
