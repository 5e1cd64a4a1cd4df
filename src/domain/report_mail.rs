//! Reports that are sent by mail: how often, of which days, and when each is due.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::offer::date_start;

/// A report that could not be sent for this long after it was due is left out: the next one comes.
pub const TOO_LATE: TimeDelta = TimeDelta::days(1);
/// Addresses of one report at most.
pub const RECIPIENTS_MOST: usize = 10;
/// Reports by mail of one person at most.
pub const OWN_MOST: usize = 20;

/// Words for why a report was not sent, where it is not the mail server that says why.
pub mod cause {
    /// Its person is no user any more.
    pub const OWNER_GONE: &str = "owner_gone";
    /// Its person is locked.
    pub const OWNER_LOCKED: &str = "owner_locked";
    /// Its person has a role now that may not have reports sent.
    pub const OWNER_ROLE: &str = "owner_role";
    /// Its survey is not there.
    pub const NO_SURVEY: &str = "no_survey";
}

/// How often a report is made, to be sent or to be kept as files; each is of the days that are over since the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rhythm {
    /// Every day, of the day before.
    Day,
    /// On Mondays, of the week before, Monday to Sunday.
    Week,
    /// On the first of each month, of the month before.
    Month,
}

impl Rhythm {
    /// All of them, in the order people are shown.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The rhythm of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rhythm| rhythm.as_str() == word)
    }

    /// The first day of the period that `day` is in; `None` beyond the calendar.
    pub fn first(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => Some(day),
            Self::Week => day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into())),
            Self::Month => day.with_day(1),
        }
    }

    /// The first day of the period before the one that begins with `first`.
    fn before(self, first: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => first.checked_sub_days(Days::new(1)),
            Self::Week => first.checked_sub_days(Days::new(7)),
            Self::Month => first.checked_sub_months(Months::new(1)),
        }
        .unwrap_or(first)
    }

    /// The first day after the period that begins with `first`; `None` beyond the calendar.
    pub fn after(self, first: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => first.checked_add_days(Days::new(1)),
            Self::Week => first.checked_add_days(Days::new(7)),
            Self::Month => first.checked_add_months(Months::new(1)),
        }
    }
}

/// What became of a report that was to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SendingState {
    /// Somebody has it in hand.
    Sending,
    /// The mail server took it.
    Sent,
    /// It was refused for the time being, and is tried again.
    Waiting,
    /// It was refused for good, or too often.
    Failed,
    /// It was not sent in time, and the next one comes.
    Skipped,
    /// Who had it in hand never told what became of it. It may have arrived, so that it is not sent again.
    Unknown,
}

impl SendingState {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Sending, Self::Sent, Self::Waiting, Self::Failed, Self::Skipped, Self::Unknown];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Waiting => "waiting",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
        }
    }

    /// The state of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// A report that is to be sent once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Its first day.
    pub first: NaiveDate,
    /// Its last day.
    pub last: NaiveDate,
    /// The first and the last day of the period that it is shown beside.
    pub before: (NaiveDate, NaiveDate),
    /// When it is to be sent.
    pub due: DateTime<Utc>,
}

impl Slot {
    /// The newest that is due at `now`, sent at `hour` in `zone`.
    pub fn newest(rhythm: Rhythm, hour: u32, now: DateTime<Utc>, zone: Tz) -> Self {
        let present = present(rhythm, now, zone);
        let newest = Self::ending_before(rhythm, present, hour, zone);
        if newest.due <= now {
            return newest;
        }
        Self::ending_before(rhythm, rhythm.before(present), hour, zone)
    }

    /// The first that is due after `now`.
    pub fn next(rhythm: Rhythm, hour: u32, now: DateTime<Utc>, zone: Tz) -> Self {
        let present = present(rhythm, now, zone);
        let next = Self::ending_before(rhythm, present, hour, zone);
        if next.due > now {
            return next;
        }
        Self::ending_before(rhythm, rhythm.after(present).unwrap_or(present), hour, zone)
    }

    /// Whether it is too late for it at `now`.
    pub fn is_too_late(&self, now: DateTime<Utc>) -> bool {
        now - self.due > TOO_LATE
    }

    fn ending_before(rhythm: Rhythm, day: NaiveDate, hour: u32, zone: Tz) -> Self {
        let first = rhythm.before(day);
        let eve = |day: NaiveDate| day.pred_opt().unwrap_or(day);
        let before = (rhythm.before(first), eve(first));
        Self { first, last: eve(day), before, due: moment(day, hour, zone) }
    }
}

/// The first day of the period that it is in a zone now.
fn present(rhythm: Rhythm, now: DateTime<Utc>, zone: Tz) -> NaiveDate {
    let today = now.with_timezone(&zone).date_naive();
    rhythm.first(today).unwrap_or(today)
}

/// An hour of a day in a zone. One that is left out that day comes so long after the day's beginning; of two the first.
fn moment(day: NaiveDate, hour: u32, zone: Tz) -> DateTime<Utc> {
    let local = NaiveTime::from_hms_opt(hour, 0, 0).map(|time| day.and_time(time));
    let found = local.and_then(|local| zone.from_local_datetime(&local).earliest());
    found.map_or_else(
        || date_start(day, zone) + TimeDelta::hours(i64::from(hour)),
        |at| at.with_timezone(&Utc),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn newest(rhythm: Rhythm, now: &str) -> (String, String, String, String, DateTime<Utc>) {
        let slot = Slot::newest(rhythm, 7, at(now), Tz::Europe__Berlin);
        let days = [slot.first, slot.last, slot.before.0, slot.before.1].map(|day| day.to_string());
        let [first, last, before, until] = days;
        (first, last, before, until, slot.due)
    }

    #[test]
    fn a_report_is_of_the_days_that_are_over_and_due_at_its_hour_in_the_zone() {
        let told = |days: [&str; 4], due: &str| {
            let [first, last, before, until] = days.map(str::to_owned);
            (first, last, before, until, at(due))
        };
        // A Thursday, one minute before and at seven in Berlin.
        assert_eq!(
            newest(Rhythm::Day, "2026-11-26T05:59:00Z"),
            told(["2026-11-24", "2026-11-24", "2026-11-23", "2026-11-23"], "2026-11-25T06:00:00Z")
        );
        assert_eq!(
            newest(Rhythm::Day, "2026-11-26T06:00:00Z"),
            told(["2026-11-25", "2026-11-25", "2026-11-24", "2026-11-24"], "2026-11-26T06:00:00Z")
        );
        assert_eq!(
            newest(Rhythm::Week, "2026-11-26T06:00:00Z"),
            told(["2026-11-16", "2026-11-22", "2026-11-09", "2026-11-15"], "2026-11-23T06:00:00Z")
        );
        assert_eq!(
            newest(Rhythm::Week, "2026-11-23T05:59:59Z"),
            told(["2026-11-09", "2026-11-15", "2026-11-02", "2026-11-08"], "2026-11-16T06:00:00Z")
        );
        assert_eq!(
            newest(Rhythm::Month, "2026-03-01T06:00:00Z"),
            told(["2026-02-01", "2026-02-28", "2026-01-01", "2026-01-31"], "2026-03-01T06:00:00Z")
        );
        assert_eq!(
            newest(Rhythm::Month, "2026-03-01T05:00:00Z"),
            told(["2026-01-01", "2026-01-31", "2025-12-01", "2025-12-31"], "2026-02-01T06:00:00Z")
        );
    }

    #[test]
    fn newest_and_next_follow_each_other_over_a_year_with_its_clock_changes() {
        for rhythm in Rhythm::ALL {
            for (hour, zone) in [(0, Tz::Asia__Beirut), (2, Tz::Europe__Berlin), (23, Tz::America__Bogota)] {
                let (mut now, mut last) = (at("2026-01-01T12:00:00Z"), None);
                while now < at("2027-02-01T00:00:00Z") {
                    let (newest, next) =
                        (Slot::newest(rhythm, hour, now, zone), Slot::next(rhythm, hour, now, zone));
                    assert!(newest.due <= now && now < next.due, "{rhythm:?} {zone} {now}");
                    assert!(newest.last.succ_opt() == Some(next.first), "{rhythm:?} {zone} {now}");
                    assert!(newest.before.1.succ_opt() == Some(newest.first), "{rhythm:?} {zone} {now}");
                    assert!(last.is_none_or(|last: Slot| last.last <= newest.last));
                    last = Some(newest);
                    now += TimeDelta::minutes(30);
                }
            }
        }
    }

    #[test]
    fn an_hour_that_a_day_leaves_out_is_due_all_the_same() {
        // Clocks went from 2:00 to 3:00.
        let slot = Slot::newest(Rhythm::Day, 2, at("2026-03-29T12:00:00Z"), Tz::Europe__Berlin);
        assert_eq!(slot.due, at("2026-03-29T01:00:00Z"));
        assert!(!slot.is_too_late(at("2026-03-30T01:00:00Z")));
        assert!(slot.is_too_late(at("2026-03-30T01:00:01Z")));
    }
}
