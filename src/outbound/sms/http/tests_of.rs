//! What the tests of this module begin with.

use chrono::{DateTime, Utc};

use crate::domain::sms::{PARTS_MOST, Writing, as_sent, encode};
use crate::outbound::sms::Submission;

/// Our key of the message.
pub(super) const KEY: &str = "0123456789abcdef0123456789abcdef";

/// The time.
pub(super) fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH
}

/// A message that is of use for an hour and a half.
pub(super) fn submission(text: &str) -> Submission {
    let writing = Writing { transliterate: false, parts_most: PARTS_MOST };
    Submission {
        key: KEY.to_owned(),
        to: "+34600111222".to_owned(),
        from: "Acme".to_owned(),
        text: as_sent(text, writing),
        encoded: encode(text, writing).unwrap(),
        reference: 0x0102,
        expires_at: now() + chrono::TimeDelta::minutes(90),
    }
}
