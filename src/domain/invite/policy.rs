//! Whether somebody is invited, when, and why not: the gates of an offer, and those that only a message has.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::InviteCause;
use crate::domain::contact::Channel;
use crate::domain::offer::{Decision, GateStep, OfferInput, Outcome, decide};
use crate::domain::sms::{NumberError, PhoneNumber, SendingHours, next_allowed};
use crate::domain::survey::{Consent, Invitation, InvitationWay};

/// Everything the decision rests on.
#[derive(Debug, Clone)]
pub struct InviteInput<'a> {
    /// What an offer rests on; its channel is the one of the invitation.
    pub offer: OfferInput<'a>,
    /// What led to it.
    pub cause: InviteCause,
    /// The recipient, or why what was given is no number.
    pub number: Result<&'a PhoneNumber, &'a NumberError>,
    /// Whether the customer agreed to be written to, as whoever asks says.
    pub consent: bool,
    /// Since when the number wants no messages.
    pub opted_out: Option<DateTime<Utc>>,
    /// Whether the survey of this contact was answered to its end already.
    pub answered: bool,
    /// The hours in which people are not woken by a message.
    pub hours: SendingHours,
    /// For how long the site invites nobody again, whatever a survey says; zero: as the survey says.
    pub cool_down: TimeDelta,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteDecision {
    /// The outcome and its gates.
    pub decision: Decision,
    /// When things happen; `None` where nobody is invited.
    pub times: Option<InviteTimes>,
}

/// When what happens with an invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InviteTimes {
    /// When the message goes out, at the earliest.
    pub send_at: DateTime<Utc>,
    /// Until when it can be answered.
    pub expires_at: DateTime<Utc>,
    /// When to remind of it.
    pub remind_at: Option<DateTime<Utc>>,
}

/// The channel on which an invitation is answered.
pub fn channel_of(invitation: Option<&Invitation>) -> Channel {
    match invitation.map(|invitation| invitation.way) {
        Some(InvitationWay::Dialogue) => Channel::Sms,
        Some(InvitationWay::Link) | None => Channel::Web,
    }
}

/// Decides whether somebody is invited. First the gates of an offer, in their order, then those of the message; the first that
/// says no decides.
pub fn decide_invite(input: &InviteInput<'_>) -> InviteDecision {
    let mut decision = decide(&input.offer);
    if decision.outcome != Outcome::Offered {
        return InviteDecision { decision, times: None };
    }
    match gates(input, &mut decision.steps) {
        Ok(times) => InviteDecision { decision, times: Some(times) },
        Err(outcome) => {
            decision.outcome = outcome;
            InviteDecision { decision, times: None }
        }
    }
}

/// Notes a gate; an error where it says no.
fn gate(
    steps: &mut Vec<GateStep>,
    gate: &'static str,
    refused: Option<(Outcome, String)>,
    passed: &str,
) -> Result<(), Outcome> {
    let (detail, outcome) = match refused {
        Some((outcome, why)) => (why, Some(outcome)),
        None => (passed.to_owned(), None),
    };
    steps.push(GateStep { gate, passed: outcome.is_none(), detail });
    outcome.map_or(Ok(()), Err)
}

fn gates(input: &InviteInput<'_>, steps: &mut Vec<GateStep>) -> Result<InviteTimes, Outcome> {
    let invitation = input.offer.survey.and_then(|survey| survey.invitation());
    let Some(invitation) = invitation else {
        let why = "the survey has no invitation".to_owned();
        gate(steps, "invitation", Some((Outcome::NoInvitation, why)), "")?;
        return Err(Outcome::NoInvitation);
    };
    let refused = match input.cause {
        InviteCause::HangUp if !invitation.after_hang_up => Some("the survey invites nobody who hung up"),
        InviteCause::CallEnded if !invitation.after_contact => Some("the survey invites nobody after a call"),
        InviteCause::ChatEnded if !invitation.after_contact => Some("the survey invites nobody after a chat"),
        _ => None,
    };
    let refused = refused.map(|why| (Outcome::NoInvitation, why.to_owned()));
    gate(steps, "invitation", refused, &format!("the survey invites: {}", input.cause.as_str()))?;
    let answered = input
        .answered
        .then(|| (Outcome::AlreadyAnswered, "the survey of this contact was answered".to_owned()));
    gate(steps, "answered", answered, "the survey of this contact was not answered")?;
    let number = number(input, steps)?;
    let agreed = input.consent || invitation.consent == Consent::Assumed;
    let refused = (!agreed).then(|| {
        (Outcome::NoConsent, "nobody says that the customer agreed, which this survey needs".to_owned())
    });
    gate(steps, "consent", refused, "the customer agreed, or need not")?;
    let refused = input.opted_out.map(|since| {
        (
            Outcome::OptedOut,
            format!("the number wants no messages since {}", since.format("%Y-%m-%dT%H:%M:%SZ")),
        )
    });
    gate(steps, "opt_out", refused, "the number is not on the list of those who want no messages")?;
    cool_down(input, steps)?;
    times(input, invitation, number, steps)
}

/// The site's own cool-down; the survey's was looked at with the gates of the offer.
fn cool_down(input: &InviteInput<'_>, steps: &mut Vec<GateStep>) -> Result<(), Outcome> {
    if input.cool_down.is_zero() {
        return Ok(());
    }
    let hours = input.cool_down.num_hours();
    let last = input.offer.last_offer_to_customer;
    let recent = last.filter(|last| input.offer.now.signed_duration_since(*last) < input.cool_down);
    let refused = recent.map(|last| {
        let at = last.format("%Y-%m-%dT%H:%M:%SZ");
        (Outcome::CooledDown, format!("last offer at {at}, the site's cool-down is {hours} h"))
    });
    gate(steps, "site_cool_down", refused, &format!("the site's cool-down of {hours} h is over"))
}

fn number<'a>(input: &InviteInput<'a>, steps: &mut Vec<GateStep>) -> Result<&'a PhoneNumber, Outcome> {
    match input.number {
        Ok(number) if number.may_get_texts() => {
            steps.push(GateStep {
                gate: "number",
                passed: true,
                detail: "it can get text messages".to_owned(),
            });
            Ok(number)
        }
        Ok(_) => {
            let why = "it is a number of a kind that gets no text messages".to_owned();
            steps.push(GateStep { gate: "number", passed: false, detail: why });
            Err(Outcome::NotTextable)
        }
        Err(error) => {
            steps.push(GateStep { gate: "number", passed: false, detail: error.to_string() });
            Err(Outcome::NoNumber)
        }
    }
}

/// When it goes out: at once, or when nobody is woken by it; not at all where it would be too late by then.
fn times(
    input: &InviteInput<'_>,
    invitation: &Invitation,
    number: &PhoneNumber,
    steps: &mut Vec<GateStep>,
) -> Result<InviteTimes, Outcome> {
    let now = input.offer.now;
    let hours = invitation.hours.unwrap_or(input.hours);
    let zones = number.zones();
    let zones: &[Tz] = if zones.is_empty() { &[input.offer.site_zone] } else { &zones };
    let expires_at = now + invitation.expires;
    let holidays = input.offer.survey.map_or(&[][..], |survey| &survey.rules().schedule.holidays);
    let send_at = next_allowed(now, zones, hours, holidays).filter(|at| *at < expires_at);
    let Some(send_at) = send_at else {
        let why = "there is no hour before the invitation ends in which nobody is woken by it".to_owned();
        steps.push(GateStep { gate: "hours", passed: false, detail: why });
        return Err(Outcome::QuietHours);
    };
    let detail = if send_at == now {
        "nobody is woken by it now".to_owned()
    } else {
        format!("it waits until {}", send_at.format("%Y-%m-%dT%H:%M:%SZ"))
    };
    steps.push(GateStep { gate: "hours", passed: true, detail });
    let remind_at = invitation.reminder.as_ref().map(|reminder| send_at + reminder.after);
    let remind_at = remind_at.filter(|at| *at + TimeDelta::minutes(10) < expires_at);
    Ok(InviteTimes { send_at, expires_at, remind_at })
}
