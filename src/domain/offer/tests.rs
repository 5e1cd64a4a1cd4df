//! The gates, each by example, and the beginning of days.

use chrono::{TimeDelta, Timelike};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn survey(sampling: &Value, schedule: &Value) -> SurveyGraph {
    let document = json!({
        "format": "aftercall.survey/1", "key": "s", "name": "S", "languages": ["en"],
        "questions": [{ "key": "q", "type": "free_text", "text": { "en": "?" } }],
        "sampling": sampling, "schedule": schedule,
    });
    SurveyGraph::from_json(&document.to_string()).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn input(survey: &SurveyGraph) -> OfferInput<'_> {
    OfferInput {
        service: Some("Billing"),
        via_fallback: false,
        survey: Some(survey),
        paused: false,
        channel: Channel::Chat,
        now: at("2026-05-04T10:00:00Z"),
        site_zone: Tz::UTC,
        draw: 0.0,
        offered_today: 0,
        customer_known: true,
        last_offer_to_customer: None,
    }
}

/// The decision must be `outcome`, after as many gates as there are before it.
fn check(input: &OfferInput<'_>, outcome: Outcome) -> Decision {
    let decision = decide(input);
    assert_eq!(decision.outcome, outcome, "{decision:?}");
    let gates = ["service", "survey", "paused", "channel", "schedule", "sampling", "daily_cap", "cool_down"];
    let names: Vec<&str> = decision.steps.iter().map(|s| s.gate).collect();
    assert_eq!(names, gates[..names.len()]);
    let failed = decision.steps.iter().filter(|s| !s.passed).count();
    match outcome {
        Outcome::Offered => assert_eq!((failed, names.len()), (0, gates.len())),
        _ => assert!(failed == 1 && decision.steps.last().is_some_and(|s| !s.passed)),
    }
    decision
}

#[test]
fn each_gate_can_say_no_and_the_first_that_does_decides() {
    let sampling = json!({ "one_in": 4, "daily_cap": 10, "cool_down_hours": 24 });
    let survey = survey(&sampling, &json!({ "holidays": ["2026-05-05"] }));
    // From the last gate to the first, each no added to the ones before.
    let mut input = input(&survey);
    check(&input, Outcome::Offered);
    input.last_offer_to_customer = Some(at("2026-05-03T10:00:01Z"));
    check(&input, Outcome::CooledDown);
    input.offered_today = 10;
    check(&input, Outcome::DailyCapReached);
    input.draw = 0.25;
    check(&input, Outcome::SampledOut);
    input.now = at("2026-05-05T10:00:00Z");
    check(&input, Outcome::OutsideSchedule);
    input.channel = Channel::Voice;
    check(&input, Outcome::NotAskable);
    input.paused = true;
    check(&input, Outcome::Paused);
    input.survey = None;
    check(&input, Outcome::NoActiveSurvey);
    input.service = None;
    check(&input, Outcome::UnknownService);
}

#[test]
fn limits_let_through_what_just_fits() {
    let survey = survey(&json!({ "one_in": 4, "daily_cap": 10, "cool_down_hours": 24 }), &Value::Null);
    let last_offer_to_customer = Some(at("2026-05-03T10:00:00Z"));
    let input = OfferInput { draw: 0.249_999, offered_today: 9, last_offer_to_customer, ..input(&survey) };
    check(&input, Outcome::Offered);
}

#[test]
fn an_unknown_customer_passes_the_cool_down_and_the_trace_says_so() {
    let survey = survey(&json!({ "cool_down_hours": 24 }), &Value::Null);
    let input = OfferInput { customer_known: false, ..input(&survey) };
    let decision = check(&input, Outcome::Offered);
    assert!(decision.steps[7].detail.contains("not known"), "{decision:?}");
}

#[test]
fn the_trace_tells_people_and_programs_why() {
    let survey = survey(&json!({ "one_in": 4 }), &json!({ "time_zone": "Europe/Madrid" }));
    let decision = decide(&OfferInput { draw: 0.62, via_fallback: true, ..input(&survey) });
    let trace: Value = serde_json::from_str(&decision.to_json()).unwrap();
    assert_eq!(trace["outcome"], "sampled_out");
    let details: Vec<&str> =
        trace["steps"].as_array().unwrap().iter().map(|s| s["detail"].as_str().unwrap()).collect();
    let expected = [
        "`Billing` as the fall-back",
        "`s` is active",
        "not paused",
        "has questions for chat",
        "open; it is Mon 2026-05-04 12:00 in Europe/Madrid",
        "one in 4: drew 0.6200, below 0.2500 is asked",
    ];
    assert_eq!(details, expected);
    for outcome in Outcome::ALL {
        assert!(
            !outcome.message().ends_with('.')
                && outcome.as_str().bytes().all(|b| b == b'_' || b.is_ascii_lowercase())
        );
    }
}

#[test]
fn one_in_n_is_asked_about_that_often() {
    let survey = survey(&json!({ "one_in": 5 }), &Value::Null);
    let offered =
        |draw: u32| decide(&OfferInput { draw: f64::from(draw) / 1000.0, ..input(&survey) }).outcome;
    assert_eq!((0..1000).filter(|draw| offered(*draw) == Outcome::Offered).count(), 200);
}

#[test]
fn a_day_begins_at_midnight_or_at_its_first_moment() {
    for (now, zone, start) in [
        ("2026-05-04T10:00:00Z", Tz::UTC, "2026-05-04T00:00:00Z"),
        ("2026-05-04T23:30:00Z", Tz::Asia__Tokyo, "2026-05-04T15:00:00Z"),
        ("2026-05-04T02:00:00Z", Tz::America__New_York, "2026-05-03T04:00:00Z"),
        // Beirut turns the clock forward at midnight: the day begins at 01:00.
        ("2026-03-28T23:00:00Z", Tz::Asia__Beirut, "2026-03-28T22:00:00Z"),
        // Havana turns it back at 01:00: midnight comes twice.
        ("2026-11-01T05:30:00Z", Tz::America__Havana, "2026-11-01T04:00:00Z"),
        ("2026-11-01T04:30:00Z", Tz::America__Havana, "2026-11-01T04:00:00Z"),
        // Berlin's days of 23 and 25 hours.
        ("2026-03-29T21:59:59Z", Tz::Europe__Berlin, "2026-03-28T23:00:00Z"),
        ("2026-10-25T22:59:59Z", Tz::Europe__Berlin, "2026-10-24T22:00:00Z"),
        // Samoa left out a whole day.
        ("2011-12-30T12:00:00Z", Tz::Pacific__Apia, "2011-12-30T10:00:00Z"),
    ] {
        assert_eq!(day_start(at(now), zone), at(start), "{now} in {zone}");
    }
}

proptest! {
    #[test]
    fn a_day_begins_before_all_its_moments_and_after_the_day_before(
        second in 0i64..2_524_608_000, zone in 0usize..chrono_tz::TZ_VARIANTS.len(),
    ) {
        let zone = chrono_tz::TZ_VARIANTS[zone];
        let now = DateTime::from_timestamp(second, 7_000_000).unwrap();
        let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
        let start = day_start(now, zone);
        prop_assert!(start <= now && now - start <= TimeDelta::hours(26));
        prop_assert_eq!(start.nanosecond(), 0);
        prop_assert_eq!(day(start), day(now));
        prop_assert!(day(start - TimeDelta::milliseconds(1)) < day(now));
        prop_assert_eq!(day_start(start, zone), start);
    }
}
