//! The days, weeks and months that are reported on: which of them are over, and long enough.

use std::cmp::Reverse;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::domain::offer::date_start;
use crate::domain::report_mail::Rhythm;
use crate::reports::Breakdown;

impl Rhythm {
    /// What its figures are broken down by: a day by its hours, the longer ones by their days.
    pub fn breakdowns(self) -> [Breakdown; 7] {
        let parts = match self {
            Self::Day => Breakdown::Hour,
            Self::Week | Self::Month => Breakdown::Day,
        };
        [
            Breakdown::Survey,
            Breakdown::Agent,
            Breakdown::Team,
            Breakdown::Queue,
            Breakdown::AgentQueue,
            Breakdown::Service,
            parts,
        ]
    }

    /// How many periods back one that is missing is still written: after a longer downtime, or with another folder.
    fn caught_up(self) -> u32 {
        match self {
            Self::Day => 31,
            Self::Week => 8,
            Self::Month => 3,
        }
    }
}

/// A day, a week or a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReportPeriod {
    first: NaiveDate,
    kind: Rhythm,
}

impl ReportPeriod {
    /// The one that begins with this day; `None` where none of this kind does.
    pub fn beginning(kind: Rhythm, first: NaiveDate) -> Option<Self> {
        let period = Self::around(kind, first)?;
        (period.first == first).then_some(period)
    }

    /// The one that this day lies in.
    fn around(kind: Rhythm, day: NaiveDate) -> Option<Self> {
        kind.first(day).map(|first| Self { first, kind })
    }

    /// Its kind.
    pub fn kind(self) -> Rhythm {
        self.kind
    }

    /// Its first day.
    pub fn first(self) -> NaiveDate {
        self.first
    }

    /// Its last day.
    pub fn last(self) -> NaiveDate {
        self.next_first().and_then(|next| next.pred_opt()).unwrap_or(self.first)
    }

    /// The moment it is over, in a zone.
    pub fn ends(self, zone: Tz) -> DateTime<Utc> {
        self.next_first().map_or(DateTime::<Utc>::MAX_UTC, |next| date_start(next, zone))
    }

    /// Whether what is kept for so many days is to go on `today`. None goes where `keep_days` is 0.
    pub fn is_past(self, today: NaiveDate, keep_days: u32) -> bool {
        let kept_until = self.last().checked_add_days(Days::new(keep_days.into()));
        keep_days > 0 && kept_until.is_some_and(|until| until < today)
    }

    fn next_first(self) -> Option<NaiveDate> {
        self.kind.after(self.first)
    }

    fn before(self) -> Option<Self> {
        self.first.pred_opt().and_then(|day| Self::around(self.kind, day))
    }
}

/// The periods that are to be there at `now`, the newest first: over for `settled`, not before the one of the oldest
/// response, not past `keep_days`, and not further back than is caught up.
pub fn due(
    kinds: &[Rhythm],
    now: DateTime<Utc>,
    zone: Tz,
    (settled, oldest, keep_days): (TimeDelta, DateTime<Utc>, u32),
) -> Vec<ReportPeriod> {
    let date = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
    let (today, oldest) = (date(now), date(oldest));
    let mut periods: Vec<ReportPeriod> = Vec::new();
    for kind in kinds {
        let around = ReportPeriod::around(*kind, today);
        let back = std::iter::successors(around, |period| period.before());
        let over = back.skip_while(|period| {
            period.ends(zone).checked_add_signed(settled).is_none_or(|written| written > now)
        });
        let wanted = over.take_while(|period| period.last() >= oldest && !period.is_past(today, keep_days));
        periods.extend(wanted.take(usize::try_from(kind.caught_up()).unwrap_or(usize::MAX)));
    }
    periods.sort_by_key(|period| Reverse((period.last(), period.kind)));
    periods
}

#[cfg(test)]
mod tests {
    use super::Rhythm::{Day, Month, Week};
    use super::*;

    const LONG_AGO: &str = "2020-01-01T00:00:00Z";

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// The newest period of a kind two hours after its end, as first and last day.
    fn newest(kind: Rhythm, now: &str, zone: Tz) -> (String, String) {
        let bounds = (TimeDelta::hours(2), at(LONG_AGO), 0);
        let period = due(&[kind], at(now), zone, bounds)[0];
        (period.first().to_string(), period.last().to_string())
    }

    fn pair(first: &str, last: &str) -> (String, String) {
        (first.to_owned(), last.to_owned())
    }

    #[test]
    fn a_period_is_due_two_hours_after_its_last_midnight_and_not_a_second_before() {
        let madrid = Tz::Europe__Madrid;
        // Winter: midnight is 23:00 in UTC.
        assert_eq!(newest(Day, "2026-11-27T00:59:59Z", madrid), pair("2026-11-25", "2026-11-25"));
        assert_eq!(newest(Day, "2026-11-27T01:00:00Z", madrid), pair("2026-11-26", "2026-11-26"));
        // The 30th of November is a Monday, the 1st of December the next day.
        assert_eq!(newest(Week, "2026-11-30T00:59:59Z", madrid), pair("2026-11-16", "2026-11-22"));
        assert_eq!(newest(Week, "2026-11-30T01:00:00Z", madrid), pair("2026-11-23", "2026-11-29"));
        assert_eq!(newest(Month, "2026-12-01T00:59:59Z", madrid), pair("2026-10-01", "2026-10-31"));
        assert_eq!(newest(Month, "2026-12-01T01:00:00Z", madrid), pair("2026-11-01", "2026-11-30"));
    }

    #[test]
    fn periods_end_at_the_midnight_of_their_zone_also_where_clocks_change() {
        let ends = |kind, first: &str, zone: Tz| {
            ReportPeriod::beginning(kind, day(first)).unwrap().ends(zone).to_string()
        };
        // The days clocks go forward and back in Madrid have 23 and 25 hours.
        assert_eq!(ends(Day, "2026-03-28", Tz::Europe__Madrid), "2026-03-28 23:00:00 UTC");
        assert_eq!(ends(Day, "2026-03-29", Tz::Europe__Madrid), "2026-03-29 22:00:00 UTC");
        assert_eq!(ends(Day, "2026-10-25", Tz::Europe__Madrid), "2026-10-25 23:00:00 UTC");
        assert_eq!(ends(Week, "2026-10-19", Tz::Europe__Madrid), "2026-10-25 23:00:00 UTC");
        assert_eq!(ends(Month, "2026-03-01", Tz::Europe__Madrid), "2026-03-31 22:00:00 UTC");
        // In Beirut it is midnight itself that is left out: the day begins at one.
        assert_eq!(ends(Day, "2026-03-28", Tz::Asia__Beirut), "2026-03-28 22:00:00 UTC");
        // Where the date line was crossed, a whole day is missing.
        assert_eq!(ends(Day, "2011-12-29", Tz::Pacific__Apia), "2011-12-30 10:00:00 UTC");
        assert_eq!(ends(Month, "2028-02-01", Tz::UTC), "2028-03-01 00:00:00 UTC");
    }

    #[test]
    fn each_day_of_a_year_is_due_once_in_every_zone_with_days_of_23_and_25_hours() {
        for zone in [Tz::Europe__Madrid, Tz::America__New_York, Tz::Australia__Lord_Howe, Tz::Asia__Beirut] {
            let mut now = at("2026-01-01T12:00:00Z");
            let mut seen: Vec<NaiveDate> = Vec::new();
            while now < at("2027-01-02T12:00:00Z") {
                let newest = due(&[Rhythm::Day], now, zone, (TimeDelta::hours(2), at(LONG_AGO), 0))[0];
                if seen.last() != Some(&newest.first()) {
                    seen.push(newest.first());
                }
                now += TimeDelta::minutes(30);
            }
            assert!(seen.len() >= 366, "{zone}: {}", seen.len());
            assert!(seen.windows(2).all(|pair| pair[0].succ_opt() == Some(pair[1])), "{zone}");
        }
    }

    #[test]
    fn what_is_caught_up_is_bounded_by_number_by_the_oldest_response_and_by_what_is_kept() {
        let count = |oldest: &str, keep_days| {
            let bounds = (TimeDelta::hours(2), at(oldest), keep_days);
            due(&Rhythm::ALL, at("2026-11-27T12:00:00Z"), Tz::UTC, bounds).len()
        };
        assert_eq!(count(LONG_AGO, 0), 31 + 8 + 3);
        // Days from the 24th to the 26th, and no week or month that was over since.
        assert_eq!(count("2026-11-24T23:00:00Z", 0), 3);
        assert_eq!(count("2026-11-22T23:00:00Z", 0), 5 + 1);
        assert_eq!(count("2026-11-27T11:00:00Z", 0), 0);
        // Of the 26th to the 20th, and the week that ended on the 22nd.
        assert_eq!(count(LONG_AGO, 7), 7 + 1);
    }

    #[test]
    fn the_newest_periods_come_first_and_keeping_counts_from_the_last_day() {
        let bounds = (TimeDelta::hours(2), at("2026-11-20T00:00:00Z"), 0);
        let periods = due(&Rhythm::ALL, at("2026-12-02T12:00:00Z"), Tz::UTC, bounds);
        let told: Vec<String> =
            periods.iter().take(4).map(|p| format!("{} {}", p.kind().as_str(), p.first())).collect();
        assert_eq!(told, ["day 2026-12-01", "month 2026-11-01", "day 2026-11-30", "week 2026-11-23"]);
        let november = ReportPeriod::beginning(Rhythm::Month, day("2026-11-01")).unwrap();
        assert!(!november.is_past(day("2026-12-30"), 30) && november.is_past(day("2026-12-31"), 30));
        assert!(!november.is_past(day("2099-01-01"), 0), "0 keeps all");
        assert_eq!(ReportPeriod::beginning(Rhythm::Week, day("2026-11-24")), None);
        assert_eq!(ReportPeriod::beginning(Rhythm::Month, day("2026-11-02")), None);
    }
}
