//! Days of a time zone from quarters of an hour, in which the database counts.

use chrono::{DateTime, NaiveDate, Timelike};
use chrono_tz::Tz;

/// Seconds of a quarter of an hour. Every zone's days since 1972 begin with one.
const QUARTER_S: i64 = 900;

/// The date, in `zone`, of a quarter of an hour numbered from 1970-01-01T00:00Z; `None` beyond the calendar.
pub fn date_of_quarter(quarter: i64, zone: Tz) -> Option<NaiveDate> {
    let begins = DateTime::from_timestamp(quarter.checked_mul(QUARTER_S)?, 0)?;
    Some(begins.with_timezone(&zone).date_naive())
}

/// The hour of the day, 0 to 23, in `zone`, at which a quarter of an hour begins; `None` beyond the calendar.
pub fn hour_of_quarter(quarter: i64, zone: Tz) -> Option<u32> {
    let begins = DateTime::from_timestamp(quarter.checked_mul(QUARTER_S)?, 0)?;
    Some(begins.with_timezone(&zone).hour())
}

#[cfg(test)]
mod tests {
    use chrono::Days;

    use super::*;
    use crate::domain::offer::date_start;

    /// The quarters of an hour from two days before a date to two days after it which are folded into it.
    fn quarters(date: &str, zone: Tz) -> Vec<i64> {
        let date: NaiveDate = date.parse().unwrap();
        let first = date_start(date - Days::new(2), Tz::UTC).timestamp() / QUARTER_S;
        (first..first + 5 * 96).filter(|quarter| date_of_quarter(*quarter, zone) == Some(date)).collect()
    }

    #[test]
    fn a_day_has_all_its_quarters_also_when_the_clock_is_turned() {
        for (date, zone, n) in [
            ("2026-05-04", Tz::UTC, 96),
            ("2026-03-29", Tz::Europe__Berlin, 92),
            ("2026-10-25", Tz::Europe__Berlin, 100),
            ("2026-03-08", Tz::America__New_York, 92),
            ("2026-11-01", Tz::America__New_York, 100),
            // Half an hour of summer time, zones a quarter of an hour off, a day that begins at 01:00.
            ("2026-04-05", Tz::Australia__Lord_Howe, 98),
            ("2026-05-04", Tz::Asia__Kathmandu, 96),
            ("2026-03-29", Tz::Asia__Beirut, 92),
        ] {
            let quarters = quarters(date, zone);
            assert_eq!(quarters.len(), n, "{date} in {zone}");
            assert!(quarters.windows(2).all(|pair| pair[1] == pair[0] + 1), "{date} in {zone}");
            let start = date_start(date.parse().unwrap(), zone).timestamp();
            assert_eq!(quarters[0] * QUARTER_S, start, "{date} in {zone} begins with its first quarter");
        }
    }

    #[test]
    fn no_zone_has_a_day_that_begins_within_a_quarter() {
        let first: NaiveDate = "2026-01-01".parse().unwrap();
        for zone in chrono_tz::TZ_VARIANTS {
            for date in first.iter_days().take(365) {
                assert_eq!(date_start(date, zone).timestamp() % QUARTER_S, 0, "{date} in {zone}");
            }
        }
    }

    #[test]
    fn quarters_beyond_the_calendar_have_no_date() {
        assert_eq!(date_of_quarter(i64::MAX, Tz::UTC), None);
        assert_eq!(date_of_quarter(i64::MAX / 1000, Tz::UTC), None);
        assert_eq!(date_of_quarter(-1, Tz::UTC), "1969-12-31".parse().ok());
    }
}
