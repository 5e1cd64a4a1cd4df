//! Reads whom a survey asks and when.

use chrono::{NaiveDate, NaiveTime, TimeDelta, Weekday};
use chrono_tz::Tz;

use super::Report;
use crate::domain::survey::document::{
    Day, HoursDocument, SamplingDocument, ScheduleDocument, SurveyDocument,
};
use crate::domain::survey::schedule::{Hours, OfferRules, Schedule};

/// Most entries of business hours.
const MAX_HOURS: usize = 50;
/// Most holidays.
const MAX_HOLIDAYS: usize = 1000;

/// Reads the rules; what is wrong is reported and left out.
pub(super) fn read(document: &SurveyDocument, report: &mut Report) -> OfferRules {
    let none = SamplingDocument::default();
    let sampling = document.sampling.as_ref().unwrap_or(&none);
    let mut number = |path: &str, given: Option<i64>, max: i64| {
        let number = report.number(path, given, (1, max), 1u32);
        given.map(|_| number)
    };
    let one_in = number("sampling.one_in", sampling.one_in, 10_000);
    let daily_cap = number("sampling.daily_cap", sampling.daily_cap, 1_000_000);
    let cool_down_hours = number("sampling.cool_down_hours", sampling.cool_down_hours, 8760);
    let cool_down = cool_down_hours.and_then(|hours| TimeDelta::try_hours(i64::from(hours)));
    let schedule = document.schedule.as_ref().map(|s| schedule(s, report)).unwrap_or_default();
    OfferRules { one_in, daily_cap, cool_down, schedule }
}

fn schedule(document: &ScheduleDocument, report: &mut Report) -> Schedule {
    let time_zone = document.time_zone.as_deref().and_then(|name| zone(name, report));
    let mut date =
        |path: &str, text: &Option<String>| text.as_deref().and_then(|text| date(path, text, report));
    let from = date("schedule.from", &document.from);
    let until = date("schedule.until", &document.until);
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        report
            .add("schedule.until", format_args!("is {until}, before the first day {from}: give a later day"));
    }
    let hours = document.hours.as_deref();
    if hours.is_some_and(<[_]>::is_empty) {
        report.add(
            "schedule.hours",
            "is empty, so that nobody would ever be asked: give hours, or leave it out for the whole day",
        );
    }
    let hours = hours.unwrap_or_default();
    if hours.len() > MAX_HOURS {
        report.add("schedule.hours", format_args!("has {} entries: give at most {MAX_HOURS}", hours.len()));
    }
    let hours = hours.iter().take(MAX_HOURS).enumerate();
    let hours = hours.filter_map(|(i, h)| self::hours(&format!("schedule.hours[{i}]"), h, report)).collect();
    let holidays = document.holidays.as_deref().unwrap_or_default();
    if holidays.len() > MAX_HOLIDAYS {
        report.add(
            "schedule.holidays",
            format_args!("has {} days: give at most {MAX_HOLIDAYS}", holidays.len()),
        );
    }
    let holidays = holidays.iter().take(MAX_HOLIDAYS).enumerate();
    let holidays =
        holidays.filter_map(|(i, day)| self::date(&format!("schedule.holidays[{i}]"), day, report)).collect();
    Schedule { time_zone, from, until, hours, holidays }
}

fn zone(name: &str, report: &mut Report) -> Option<Tz> {
    let zone = name.parse().ok();
    if zone.is_none() {
        let name: String = name.chars().take(60).collect();
        report.add(
            "schedule.time_zone",
            format_args!("is `{name}`, which is no time zone: give one such as Europe/Madrid or UTC"),
        );
    }
    zone
}

fn date(path: &str, text: &str, report: &mut Report) -> Option<NaiveDate> {
    // The form is checked too: the parser alone would take `+2026-1-2`.
    let formed = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| formed);
    if date.is_none() {
        let text: String = text.chars().take(60).collect();
        report
            .add(path, format_args!("is `{text}`, which is no day of the calendar: write it as 2026-01-31"));
    }
    date
}

fn hours(path: &str, document: &HoursDocument, report: &mut Report) -> Option<Hours> {
    if document.days.is_empty() {
        report.add(format_args!("{path}.days"), "is empty: give the days on which these hours begin");
    }
    if (1..document.days.len()).any(|i| document.days.iter().take(i).any(|d| document.days.get(i) == Some(d)))
    {
        report.add(format_args!("{path}.days"), "names a day twice: remove one");
    }
    let from = time(&format!("{path}.from"), &document.from, report);
    let to = time(&format!("{path}.to"), &document.to, report);
    Some(Hours { days: document.days.iter().map(|d| weekday(*d)).collect(), from: from?, to: to? })
}

pub(super) fn time(path: &str, text: &str, report: &mut Report) -> Option<NaiveTime> {
    let formed = text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit() || b == b':');
    let time = NaiveTime::parse_from_str(text, "%H:%M").ok().filter(|_| formed);
    if time.is_none() {
        let text: String = text.chars().take(60).collect();
        report.add(
            path,
            format_args!("is `{text}`, which is no time of day: write it as 09:00, and midnight as 00:00"),
        );
    }
    time
}

fn weekday(day: Day) -> Weekday {
    match day {
        Day::Mon => Weekday::Mon,
        Day::Tue => Weekday::Tue,
        Day::Wed => Weekday::Wed,
        Day::Thu => Weekday::Thu,
        Day::Fri => Weekday::Fri,
        Day::Sat => Weekday::Sat,
        Day::Sun => Weekday::Sun,
    }
}
