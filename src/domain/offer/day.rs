//! The beginning of the day in a time zone, also on days that do not begin at midnight.

use chrono::{DateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// When the day of `now` began in `zone`. Where the clock is turned forward at midnight, the day begins with its first
/// moment that exists; where midnight comes twice, with the first.
pub fn day_start(now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    let today = now.with_timezone(&zone).date_naive();
    let midnight = today.and_time(NaiveTime::MIN);
    if let Some(start) = zone.from_local_datetime(&midnight).earliest() {
        return start.with_timezone(&Utc);
    }
    // The day lies wholly after some second at most 26 h before `now`: find the first one that belongs to it.
    let at = |second: i64| DateTime::from_timestamp(second, 0).unwrap_or(now);
    let is_today = |second: i64| at(second).with_timezone(&zone).date_naive() >= today;
    let (mut before, mut within) = (now.timestamp() - 26 * 3600, now.timestamp());
    while within - before > 1 {
        let middle = before.midpoint(within);
        if is_today(middle) { within = middle } else { before = middle }
    }
    at(within)
}
