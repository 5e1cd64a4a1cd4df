//! Who is asked and when: sampling, daily cap, cool-down, and the schedule by dates, business hours and holidays.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;

/// Whom a survey asks, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfferRules {
    /// One contact in so many is asked; everyone when `None`.
    pub one_in: Option<u32>,
    /// Most offers a day, counted in the schedule's zone.
    pub daily_cap: Option<u32>,
    /// How long a customer is left alone after an offer of any survey.
    pub cool_down: Option<TimeDelta>,
    /// Days and hours.
    pub schedule: Schedule,
}

/// The days and hours at which contacts are asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schedule {
    /// The zone of the dates and hours; the site's when `None`.
    pub time_zone: Option<Tz>,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
    /// Business hours; the whole day when empty.
    pub hours: Vec<Hours>,
    /// Days on which nobody is asked.
    pub holidays: Vec<NaiveDate>,
}

/// Business hours of some days of the week, by the clock on the wall: when it is turned back, an hour of the night
/// counts twice, when it is turned forward, none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// The days on which they begin.
    pub days: Vec<Weekday>,
    /// When they begin.
    pub from: NaiveTime,
    /// When they end; at or before `from` it is on the next day.
    pub to: NaiveTime,
}

/// What the schedule says of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// Contacts are asked.
    Open,
    /// Before the first day.
    NotBegun(NaiveDate),
    /// After the last day.
    Over(NaiveDate),
    /// On a holiday.
    Holiday(NaiveDate),
    /// Outside business hours.
    OutsideHours,
}

impl Schedule {
    /// The zone that counts: the survey's own, else the site's.
    pub fn zone(&self, site: Tz) -> Tz {
        self.time_zone.unwrap_or(site)
    }

    /// Whether contacts are asked at `now`, and if not, why. Hours that run past midnight belong wholly to the day on
    /// which they began, for the dates and the holidays too.
    pub fn opening(&self, now: DateTime<Utc>, site: Tz) -> Opening {
        let local = now.with_timezone(&self.zone(site)).naive_local();
        let (today, time) = (local.date(), local.time());
        if self.hours.is_empty() {
            return self.day(today);
        }
        let yesterday = today.checked_sub_days(Days::new(1));
        let began_today = self.hours.iter().any(|h| h.began_today(today.weekday(), time)).then_some(today);
        let began_yesterday =
            yesterday.filter(|day| self.hours.iter().any(|h| h.run_over(day.weekday(), time)));
        let days: Vec<Opening> =
            began_today.into_iter().chain(began_yesterday).map(|d| self.day(d)).collect();
        if days.contains(&Opening::Open) {
            return Opening::Open;
        }
        // Outside the dates that is the reason to give, whatever the hour.
        days.first()
            .copied()
            .or(Some(self.day(today)).filter(|day| *day != Opening::Open))
            .unwrap_or(Opening::OutsideHours)
    }

    fn day(&self, day: NaiveDate) -> Opening {
        match (self.from, self.until) {
            (Some(from), _) if day < from => Opening::NotBegun(from),
            (_, Some(until)) if day > until => Opening::Over(until),
            _ if self.holidays.contains(&day) => Opening::Holiday(day),
            _ => Opening::Open,
        }
    }
}

impl Hours {
    fn past_midnight(&self) -> bool {
        self.to <= self.from
    }

    fn began_today(&self, today: Weekday, time: NaiveTime) -> bool {
        self.days.contains(&today) && time >= self.from && (self.past_midnight() || time < self.to)
    }

    fn run_over(&self, yesterday: Weekday, time: NaiveTime) -> bool {
        self.days.contains(&yesterday) && self.past_midnight() && time < self.to
    }
}
