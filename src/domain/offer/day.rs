//! The beginning of a day in a time zone, also of days that do not begin at midnight.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// Around midnight UTC of a date, in seconds: every zone begins the date within 14 h before to 12 h after it.
const SPAN_S: i64 = 27 * 3600;

/// When the day of `now` began in `zone`. Where the clock is turned forward at midnight, the day begins with its first
/// moment that exists; where midnight comes twice, with the first.
pub fn day_start(now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    date_start(now.with_timezone(&zone).date_naive(), zone)
}

/// When a date begins in `zone`, as [`day_start`] has it; a date that a zone left out begins with the next.
pub fn date_start(date: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = date.and_time(NaiveTime::MIN);
    if let Some(start) = zone.from_local_datetime(&midnight).earliest() {
        return start.with_timezone(&Utc);
    }
    // Find the first second that belongs to it or to a later day.
    let at = |second: i64| DateTime::from_timestamp(second, 0).unwrap_or(midnight.and_utc());
    let has_begun = |second: i64| at(second).with_timezone(&zone).date_naive() >= date;
    let second = midnight.and_utc().timestamp();
    let (mut before, mut within) = (second - SPAN_S, second + SPAN_S);
    while within - before > 1 {
        let middle = before.midpoint(within);
        if has_begun(middle) { within = middle } else { before = middle }
    }
    at(within)
}
