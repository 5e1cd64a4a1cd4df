//! The times whose figures are counted ahead: days that are over, and the hours of today that are.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::domain::offer::date_start;

/// So long after its end a time is counted: most of its calls are over by then.
const SETTLED: TimeDelta = TimeDelta::hours(1);

/// A part of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// Its first moment.
    pub from: DateTime<Utc>,
    /// The first moment after it.
    pub until: DateTime<Utc>,
}

/// The periods from the day of `oldest` that are to be counted at `now`, by time: within days of `zone`, without overlap.
pub fn periods(oldest: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> Vec<Period> {
    let date = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
    let is_settled = |period: &Period| now - period.until >= SETTLED;
    let mut periods = Vec::new();
    for day in date(oldest).iter_days().take_while(|day| *day <= date(now)) {
        let whole = day_of(day, zone);
        if is_settled(&whole) {
            periods.push(whole);
        } else {
            periods.extend(hours_of(whole).filter(is_settled));
        }
    }
    periods
}

/// From a moment until before another; a bound that is `None` is open.
pub type Span = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// What is left of a span when parts are taken out of it. `parts` are in order and do not overlap.
pub fn gaps((from, until): Span, parts: &[Period]) -> Vec<Span> {
    let (mut gaps, mut at) = (Vec::new(), from);
    for part in parts {
        if at.is_none_or(|at| at < part.from) {
            gaps.push((at, Some(part.from)));
        }
        at = Some(part.until);
    }
    if until.is_none_or(|until| at.is_none_or(|at| at < until)) {
        gaps.push((at, until));
    }
    gaps
}

fn day_of(day: NaiveDate, zone: Tz) -> Period {
    let next = day.succ_opt().unwrap_or(day);
    Period { from: date_start(day, zone), until: date_start(next, zone) }
}

/// A day's hours, the last of them shorter where the clock was turned by less than one.
fn hours_of(day: Period) -> impl Iterator<Item = Period> {
    let starts = std::iter::successors(Some(day.from), |from| from.checked_add_signed(TimeDelta::hours(1)));
    starts.take_while(move |from| *from < day.until).map(move |from| {
        let next = from.checked_add_signed(TimeDelta::hours(1)).unwrap_or(day.until);
        Period { from, until: next.min(day.until) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::report::date_of_quarter;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn days_that_are_over_are_whole_and_today_is_by_hours_up_to_an_hour_ago() {
        let of = |now: &str| {
            let periods = periods(at("2026-05-04T10:00:00Z"), at(now), Tz::UTC);
            let hours =
                periods.iter().filter(|period| period.until - period.from == TimeDelta::hours(1)).count();
            (periods.len() - hours, hours, periods.last().map(|last| last.until))
        };
        assert_eq!(of("2026-05-06T09:30:00Z"), (2, 8, Some(at("2026-05-06T08:00:00Z"))));
        assert_eq!(of("2026-05-06T00:59:59Z"), (1, 23, Some(at("2026-05-05T23:00:00Z"))), "not settled yet");
        assert_eq!(of("2026-05-06T01:00:00Z"), (2, 0, Some(at("2026-05-06T00:00:00Z"))));
    }

    #[test]
    fn periods_follow_each_other_within_days_wherever_clocks_change() {
        for (zone, oldest) in [
            (Tz::Europe__Berlin, "2026-10-20T00:00:00Z"),
            (Tz::Australia__Lord_Howe, "2026-04-01T00:00:00Z"),
            (Tz::Asia__Beirut, "2026-03-25T00:00:00Z"),
            (Tz::Asia__Kathmandu, "2026-03-25T00:00:00Z"),
        ] {
            let oldest = at(oldest);
            for days in 0..9 {
                let periods = periods(oldest, oldest + TimeDelta::days(days) + TimeDelta::minutes(95), zone);
                assert!(periods.first().is_none_or(|first| first.from <= oldest), "{zone}");
                assert!(periods.windows(2).all(|pair| pair[0].until == pair[1].from), "{zone}: {periods:?}");
                for Period { from, until } in periods {
                    let date = |at: DateTime<Utc>| date_of_quarter(at.timestamp() / 900, zone);
                    assert!(
                        from < until && date(from) == date(until - TimeDelta::seconds(1)),
                        "{zone} {from}"
                    );
                }
            }
        }
    }

    #[test]
    fn gaps_and_parts_make_up_the_whole() {
        let period = |from: &str, until: &str| Period { from: at(from), until: at(until) };
        let parts = [
            period("2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z"),
            period("2026-05-02T00:00:00Z", "2026-05-03T00:00:00Z"),
            period("2026-05-04T00:00:00Z", "2026-05-05T00:00:00Z"),
        ];
        let may = |day: u32| Some(at(&format!("2026-05-{day:02}T00:00:00Z")));
        assert_eq!(gaps((may(1), may(5)), &parts), [(may(3), may(4))]);
        assert_eq!(gaps((may(1), may(6)), &parts[..1]), [(may(2), may(6))]);
        assert_eq!(gaps((None, None), &parts), [(None, may(1)), (may(3), may(4)), (may(5), None)]);
        assert_eq!(gaps((None, None), &[]), [(None, None)]);
        assert_eq!(gaps((may(1), may(5)), &[]), [(may(1), may(5))]);
    }
}
