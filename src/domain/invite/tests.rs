//! The gates of an invite, each by example.

use chrono::{NaiveTime, TimeDelta};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::*;
use crate::domain::contact::Channel;
use crate::domain::offer::{OfferInput, Outcome};
use crate::domain::sms::{NumberError, PhoneNumber, SendingHours};
use crate::domain::survey::SurveyGraph;

fn survey(invitation: &Value) -> SurveyGraph {
    let document = json!({
        "format": "aftercall.survey/1", "key": "s", "name": "S", "languages": ["en"],
        "questions": [{ "key": "q", "type": "yes_no", "text": { "en": "?" } }],
        "invitation": invitation,
    });
    SurveyGraph::from_json(&document.to_string()).unwrap()
}

fn invitation() -> Value {
    json!({ "text": { "en": "{link}" }, "after_hang_up": true, "reminder": { "after_hours": 24, "text": { "en": "{link}" } } })
}

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::read(text, None).unwrap()
}

fn input<'a>(survey: &'a SurveyGraph, number: &'a PhoneNumber) -> InviteInput<'a> {
    let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    InviteInput {
        offer: OfferInput {
            service: Some("Billing"),
            via_fallback: false,
            survey: Some(survey),
            paused: false,
            channel: Channel::Web,
            now: "2026-05-04T10:00:00Z".parse().unwrap(),
            site_zone: Tz::UTC,
            draw: 0.0,
            offered_today: 0,
            customer_known: true,
            last_offer_to_customer: None,
        },
        cause: InviteCause::HangUp,
        number: Ok(number),
        consent: true,
        opted_out: None,
        answered: false,
        hours: SendingHours::new(at(8), at(21)).unwrap(),
        cool_down: TimeDelta::zero(),
    }
}

fn refused(input: &InviteInput<'_>, outcome: Outcome, gate: &str) {
    let decided = decide_invite(input);
    assert_eq!((decided.decision.outcome, decided.times), (outcome, None), "{decided:?}");
    let last = decided.decision.steps.last().unwrap();
    assert_eq!((last.gate, last.passed), (gate, false));
    assert_eq!(decided.decision.steps.iter().filter(|step| !step.passed).count(), 1);
}

#[test]
fn each_gate_can_say_no_and_the_first_that_does_decides() {
    let (survey, mobile, fixed) = (survey(&invitation()), number("+34600111222"), number("+34910000000"));
    let mut input = input(&survey, &mobile);
    assert_eq!(decide_invite(&input).decision.outcome, Outcome::Offered);
    // From the last gate to the first, each no added to the ones before.
    input.hours = SendingHours::new(NaiveTime::MIN, NaiveTime::from_hms_opt(0, 0, 1).unwrap()).unwrap();
    input.offer.survey = Some(&survey);
    input.cool_down = TimeDelta::hours(5);
    input.offer.last_offer_to_customer = Some(input.offer.now - TimeDelta::hours(4));
    refused(&input, Outcome::CooledDown, "site_cool_down");
    input.opted_out = Some(input.offer.now);
    refused(&input, Outcome::OptedOut, "opt_out");
    input.consent = false;
    refused(&input, Outcome::NoConsent, "consent");
    input.number = Ok(&fixed);
    refused(&input, Outcome::NotTextable, "number");
    input.number = Err(&NumberError::Missing);
    refused(&input, Outcome::NoNumber, "number");
    input.answered = true;
    refused(&input, Outcome::AlreadyAnswered, "answered");
    input.cause = InviteCause::CallEnded;
    refused(&input, Outcome::NoInvitation, "invitation");
    input.offer.paused = true;
    refused(&input, Outcome::Paused, "paused");
}

#[test]
fn at_night_the_message_waits_and_the_reminder_with_it() {
    let (survey, mobile) = (survey(&invitation()), number("+34600111222"));
    let mut input = input(&survey, &mobile);
    input.offer.now = "2026-05-04T22:30:00Z".parse().unwrap();
    let times = decide_invite(&input).times.unwrap();
    // Madrid, in summer; the Canary Islands are an hour behind, and somebody may be there.
    assert_eq!(times.send_at.to_rfc3339(), "2026-05-05T07:00:00+00:00");
    assert_eq!(times.expires_at, input.offer.now + TimeDelta::hours(72));
    assert_eq!(times.remind_at, Some(times.send_at + TimeDelta::hours(24)));
}

#[test]
fn a_message_that_would_come_when_it_is_over_is_not_sent() {
    let mut short = invitation();
    short["expires_hours"] = json!(2);
    short["reminder"]["after_hours"] = json!(1);
    let (survey, mobile) = (survey(&short), number("+34600111222"));
    let mut input = input(&survey, &mobile);
    input.offer.now = "2026-05-04T22:30:00Z".parse().unwrap();
    refused(&input, Outcome::QuietHours, "hours");
}

#[test]
fn who_has_to_have_agreed_is_the_surveys_choice() {
    let mut assumed = invitation();
    assumed["consent"] = json!("assumed");
    let (survey, mobile) = (survey(&assumed), number("+34600111222"));
    let mut input = input(&survey, &mobile);
    input.consent = false;
    assert_eq!(decide_invite(&input).decision.outcome, Outcome::Offered);
}
