//! When nobody is woken by a message.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// How far ahead an hour is looked for.
const DAYS_AHEAD: u64 = 14;

/// The hours of a day in which messages go out, by the clock of their recipient. From before until, on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendingHours {
    from: NaiveTime,
    until: NaiveTime,
}

impl SendingHours {
    /// From one time of the day until another, which is later.
    pub fn new(from: NaiveTime, until: NaiveTime) -> Option<Self> {
        (from < until).then_some(Self { from, until })
    }

    /// From the first minute of a day to its last.
    pub fn all_day() -> Self {
        Self { from: NaiveTime::MIN, until: NaiveTime::from_hms_opt(23, 59, 59).unwrap_or(NaiveTime::MIN) }
    }

    /// When they begin.
    pub fn from(self) -> NaiveTime {
        self.from
    }

    /// When they end.
    pub fn until(self) -> NaiveTime {
        self.until
    }

    /// Whether a message may go out at a moment, by the clock of a zone.
    fn allow(self, at: DateTime<Utc>, zone: Tz, holidays: &[NaiveDate]) -> bool {
        let local = at.with_timezone(&zone);
        let time = local.time();
        time >= self.from && time < self.until && !holidays.contains(&local.date_naive())
    }
}

/// The first moment from `now` on at which nobody in any of the zones is woken: a number of a country with several may be in each of
/// them. `None` where there is none within two weeks.
pub fn next_allowed(
    now: DateTime<Utc>,
    zones: &[Tz],
    hours: SendingHours,
    holidays: &[NaiveDate],
) -> Option<DateTime<Utc>> {
    let fits = |at: DateTime<Utc>| zones.iter().all(|zone| hours.allow(at, *zone, holidays));
    if fits(now) {
        return Some(now);
    }
    let mut opens: Vec<DateTime<Utc>> = zones.iter().flat_map(|zone| openings(now, *zone, hours)).collect();
    opens.sort_unstable();
    // Where all are open, one of them has just opened.
    opens.into_iter().find(|at| fits(*at))
}

/// The moments at which the hours begin in a zone, on the days ahead.
fn openings(now: DateTime<Utc>, zone: Tz, hours: SendingHours) -> impl Iterator<Item = DateTime<Utc>> {
    let today = now.with_timezone(&zone).date_naive();
    (0..=DAYS_AHEAD).filter_map(move |ahead| {
        let day = today.checked_add_days(Days::new(ahead))?;
        let begins = first_moment(day, hours.from, zone)?;
        (begins >= now).then_some(begins)
    })
}

/// The first moment of a day at which its clock shows a time, or has gone over it.
fn first_moment(day: NaiveDate, time: NaiveTime, zone: Tz) -> Option<DateTime<Utc>> {
    let local = day.and_time(time);
    // What is left out in spring is an hour, on one island half of one.
    (0..=120).find_map(|minutes| {
        let local = local + TimeDelta::minutes(minutes);
        zone.from_local_datetime(&local).earliest().map(|at| at.with_timezone(&Utc))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hours(from: u32, until: u32) -> SendingHours {
        let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        SendingHours::new(at(from), at(until)).unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn next(now: &str, zones: &[Tz]) -> String {
        next_allowed(at(now), zones, hours(8, 21), &[]).unwrap().to_rfc3339()
    }

    #[test]
    fn at_night_it_waits_until_the_morning_of_the_recipient() {
        let karachi = [chrono_tz::Asia::Karachi];
        assert_eq!(next("2026-11-27T10:00:00Z", &karachi), "2026-11-27T10:00:00+00:00");
        assert_eq!(next("2026-11-27T16:00:00Z", &karachi), "2026-11-28T03:00:00+00:00");
        assert_eq!(next("2026-11-27T02:59:59Z", &karachi), "2026-11-27T03:00:00+00:00");
    }

    #[test]
    fn of_several_zones_none_is_woken() {
        let zones = [chrono_tz::America::New_York, chrono_tz::Pacific::Honolulu];
        assert_eq!(next("2026-11-27T14:00:00Z", &zones), "2026-11-27T18:00:00+00:00");
        let apart = [chrono_tz::Pacific::Kiritimati, chrono_tz::Pacific::Niue];
        assert_eq!(next_allowed(at("2026-11-27T14:00:00Z"), &apart, hours(8, 9), &[]), None);
    }

    #[test]
    fn holidays_are_skipped_by_the_recipients_calendar() {
        let holiday = [NaiveDate::from_ymd_opt(2026, 12, 25).unwrap()];
        let found =
            next_allowed(at("2026-12-24T22:00:00Z"), &[chrono_tz::Europe::Madrid], hours(8, 21), &holiday);
        assert_eq!(found, Some(at("2026-12-26T07:00:00Z")));
    }

    #[test]
    fn an_hour_that_is_left_out_in_spring_does_not_cost_the_day() {
        let early = SendingHours::new(
            NaiveTime::from_hms_opt(2, 30, 0).unwrap(),
            NaiveTime::from_hms_opt(9, 0, 0).unwrap(),
        );
        let found =
            next_allowed(at("2026-03-29T00:00:00Z"), &[chrono_tz::Europe::Madrid], early.unwrap(), &[]);
        assert_eq!(found, Some(at("2026-03-29T01:00:00Z")));
        // Where midnight itself is left out, and where an hour comes twice.
        let cairo = [chrono_tz::Africa::Cairo];
        assert_eq!(next("2026-04-23T21:30:00Z", &cairo), "2026-04-24T05:00:00+00:00");
        let madrid = [chrono_tz::Europe::Madrid];
        assert_eq!(next("2026-10-25T00:30:00Z", &madrid), "2026-10-25T07:00:00+00:00");
    }

    proptest! {
        #[test]
        fn what_is_found_is_allowed_and_nothing_before_it_is(
            second in 1_700_000_000i64..1_800_000_000,
            zone in prop::sample::select(vec![chrono_tz::Europe::Madrid, chrono_tz::America::Sao_Paulo, chrono_tz::Australia::Lord_Howe, chrono_tz::Asia::Kathmandu, chrono_tz::Africa::Cairo]),
            from in 0u32..20, minute in 0u32..60, length in 1i64..4,
        ) {
            let now = DateTime::from_timestamp(second, 0).unwrap();
            let from = NaiveTime::from_hms_opt(from, minute, 0).unwrap();
            let hours = SendingHours::new(from, from + TimeDelta::hours(length)).unwrap();
            let found = next_allowed(now, &[zone], hours, &[]).unwrap();
            prop_assert!(hours.allow(found, zone, &[]));
            let mut before = now;
            while before < found {
                prop_assert!(!hours.allow(before, zone, &[]), "{before} was fine");
                before += TimeDelta::minutes(7);
            }
        }

        #[test]
        fn for_several_zones_what_is_found_is_the_first_that_is_allowed_in_all(
            second in 1_700_000_000i64..1_800_000_000,
            zones in prop::sample::subsequence(vec![chrono_tz::Europe::Madrid, chrono_tz::Atlantic::Canary, chrono_tz::America::New_York, chrono_tz::America::St_Johns, chrono_tz::America::Los_Angeles], 1..=5),
            holiday in 0i64..3,
        ) {
            let now = DateTime::from_timestamp(second, 0).unwrap();
            let hours = hours(8, 21);
            let holidays = [(now + TimeDelta::days(holiday)).date_naive()];
            let allowed = |at: DateTime<Utc>| zones.iter().all(|zone| hours.allow(at, *zone, &holidays));
            let found = next_allowed(now, &zones, hours, &holidays).unwrap();
            prop_assert!(allowed(found));
            let mut before = now;
            while before < found {
                prop_assert!(!allowed(before), "{before} was fine");
                before += TimeDelta::minutes(15);
            }
        }
    }
}
