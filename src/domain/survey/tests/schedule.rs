//! Days and hours, also over changes of the clock.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::{graph, sample};
use crate::domain::survey::{Opening, Schedule};

fn schedule(document: &Value) -> Schedule {
    let mut survey = sample();
    survey["schedule"] = document.clone();
    graph(&survey).rules().schedule.clone()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn is_open(schedule: &Schedule, moment: &str) -> bool {
    schedule.opening(at(moment), Tz::UTC) == Opening::Open
}

#[test]
fn without_a_schedule_it_is_always_open() {
    assert!(is_open(&Schedule::default(), "2026-01-01T00:00:00Z"));
}

#[test]
fn dates_are_inclusive_and_counted_in_the_surveys_zone_else_the_sites() {
    let dated =
        schedule(&json!({ "from": "2026-03-01", "until": "2026-03-31", "time_zone": "America/New_York" }));
    let day = |text: &str| text.parse().unwrap();
    assert_eq!(dated.opening(at("2026-03-01T04:59:59Z"), Tz::UTC), Opening::NotBegun(day("2026-03-01")));
    assert!(is_open(&dated, "2026-03-01T05:00:00Z"));
    assert!(is_open(&dated, "2026-04-01T03:59:59Z"));
    assert_eq!(dated.opening(at("2026-04-01T04:00:00Z"), Tz::UTC), Opening::Over(day("2026-03-31")));
    let site = schedule(&json!({ "from": "2026-03-01" }));
    assert_eq!(site.opening(at("2026-02-28T20:00:00Z"), Tz::Asia__Tokyo), Opening::Open);
    assert_eq!(site.opening(at("2026-02-28T20:00:00Z"), Tz::UTC), Opening::NotBegun(day("2026-03-01")));
}

#[test]
fn hours_open_at_their_first_minute_and_close_at_their_last() {
    let office = schedule(&json!({ "hours": [
        { "days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "18:00" },
        { "days": ["sat"], "from": "10:00", "to": "14:00" } ],
        "holidays": ["2026-05-01"] }));
    for (moment, open) in [
        ("2026-04-30T08:59:59Z", false),
        ("2026-04-30T09:00:00Z", true),
        ("2026-04-30T17:59:59Z", true),
        ("2026-04-30T18:00:00Z", false),
        ("2026-05-02T13:00:00Z", true),
        ("2026-05-03T13:00:00Z", false),
    ] {
        assert_eq!(is_open(&office, moment), open, "{moment}");
    }
    let holiday = Opening::Holiday("2026-05-01".parse().unwrap());
    assert_eq!(office.opening(at("2026-05-01T10:00:00Z"), Tz::UTC), holiday);
    assert_eq!(office.opening(at("2026-05-03T10:00:00Z"), Tz::UTC), Opening::OutsideHours);
}

#[test]
fn hours_past_midnight_belong_to_the_day_on_which_they_began() {
    let night = schedule(&json!({ "hours": [{ "days": ["fri"], "from": "22:00", "to": "02:00" }],
        "from": "2026-05-01", "until": "2026-05-22", "holidays": ["2026-05-09", "2026-05-15"] }));
    for (moment, open) in [
        ("2026-05-01T01:00:00Z", false), // Thursday's night
        ("2026-05-01T21:59:59Z", false),
        ("2026-05-01T22:00:00Z", true),
        ("2026-05-02T01:59:59Z", true),
        ("2026-05-02T02:00:00Z", false),
        ("2026-05-02T22:00:00Z", false),
        ("2026-05-09T01:00:00Z", true), // Saturday is a holiday, the night began on Friday
        ("2026-05-16T01:00:00Z", false), // Friday was a holiday
        ("2026-05-23T01:00:00Z", true), // the last night
        ("2026-05-29T23:00:00Z", false),
    ] {
        assert_eq!(is_open(&night, moment), open, "{moment}");
    }
    let whole_day = schedule(&json!({ "hours": [{ "days": ["mon"], "from": "06:00", "to": "06:00" }] }));
    assert!(is_open(&whole_day, "2026-05-04T06:00:00Z") && is_open(&whole_day, "2026-05-05T05:59:59Z"));
    assert!(!is_open(&whole_day, "2026-05-05T06:00:00Z"));
}

#[test]
fn hours_follow_the_clock_on_the_wall_when_it_is_turned() {
    // Berlin, 2026-03-29: 02:00 becomes 03:00 at 01:00Z. 2026-10-25: 03:00 becomes 02:00 at 01:00Z.
    let zone = "Europe/Berlin";
    let sunday = |from: &str, to: &str| {
        schedule(&json!({ "time_zone": zone, "hours": [{ "days": ["sun"], "from": from, "to": to }] }))
    };
    let gap = sunday("02:00", "03:00");
    assert!(
        !is_open(&gap, "2026-03-29T00:59:59Z") && !is_open(&gap, "2026-03-29T01:00:00Z"),
        "there is no such hour"
    );
    assert!(is_open(&gap, "2026-03-22T01:30:00Z"), "a week before there is");
    let overlap = sunday("02:00", "03:00");
    assert!(!is_open(&overlap, "2026-10-24T23:59:59Z"));
    assert!(
        is_open(&overlap, "2026-10-25T00:30:00Z") && is_open(&overlap, "2026-10-25T01:30:00Z"),
        "it comes twice"
    );
    assert!(!is_open(&overlap, "2026-10-25T02:00:00Z"));
    let night = schedule(
        &json!({ "time_zone": zone, "hours": [{ "days": ["sat"], "from": "22:00", "to": "03:00" }] }),
    );
    for (moment, open) in [
        ("2026-03-28T21:00:00Z", true),
        ("2026-03-29T00:59:59Z", true),
        ("2026-03-29T01:00:00Z", false), // 03:00
        ("2026-10-24T20:00:00Z", true),
        ("2026-10-25T01:59:59Z", true), // 02:59:59 for the second time
        ("2026-10-25T02:00:00Z", false),
    ] {
        assert_eq!(is_open(&night, moment), open, "{moment}");
    }
}
