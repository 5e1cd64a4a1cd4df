//! Whether a contact is surveyed, and why not.

mod day;

use std::fmt;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::domain::contact::Channel;
use crate::domain::survey::{Opening, SurveyGraph};

pub use day::{date_start, day_start};

/// Everything the decision rests on.
#[derive(Debug, Clone)]
pub struct OfferInput<'a> {
    /// Name of the service the contact was found to belong to, the fall-back's when that stands in.
    pub service: Option<&'a str>,
    /// Whether the service is the fall-back because the contact's own has no active survey, or there is none.
    pub via_fallback: bool,
    /// The survey active on the service.
    pub survey: Option<&'a SurveyGraph>,
    /// Whether it is paused there.
    pub paused: bool,
    /// The channel on which the customer would answer.
    pub channel: Channel,
    /// The time.
    pub now: DateTime<Utc>,
    /// The site's time zone, for surveys without their own.
    pub site_zone: Tz,
    /// A random number in `0..1` for the sampling.
    pub draw: f64,
    /// Offers of this survey since [`day_start`] in the survey's zone.
    pub offered_today: u64,
    /// Whether the script sent the customer's number.
    pub customer_known: bool,
    /// When this customer was last offered any survey.
    pub last_offer_to_customer: Option<DateTime<Utc>>,
}

/// What became of an ask for a survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The survey is offered.
    Offered,
    /// No service has this number or name, and there is no fall-back.
    UnknownService,
    /// Nothing is active on the service.
    NoActiveSurvey,
    /// The survey is paused.
    Paused,
    /// The survey has no question for the channel.
    NotAskable,
    /// Outside the days or hours of the survey.
    OutsideSchedule,
    /// Not drawn.
    SampledOut,
    /// Enough for today.
    DailyCapReached,
    /// The customer was asked not long ago.
    CooledDown,
    /// The survey invites nobody in this way.
    NoInvitation,
    /// The contact's survey was answered already.
    AlreadyAnswered,
    /// What was given is no phone number.
    NoNumber,
    /// The number gets no text messages.
    NotTextable,
    /// Nobody says that the customer agreed.
    NoConsent,
    /// The number wants no messages.
    OptedOut,
    /// No hour is left in which nobody would be woken.
    QuietHours,
}

impl Outcome {
    /// All of them, in the order of the gates.
    pub const ALL: [Self; 16] = [
        Self::Offered,
        Self::UnknownService,
        Self::NoActiveSurvey,
        Self::Paused,
        Self::NotAskable,
        Self::OutsideSchedule,
        Self::SampledOut,
        Self::DailyCapReached,
        Self::CooledDown,
        Self::NoInvitation,
        Self::AlreadyAnswered,
        Self::NoNumber,
        Self::NotTextable,
        Self::NoConsent,
        Self::OptedOut,
        Self::QuietHours,
    ];

    /// The word used in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::UnknownService => "unknown_service",
            Self::NoActiveSurvey => "no_active_survey",
            Self::Paused => "paused",
            Self::NotAskable => "not_askable",
            Self::OutsideSchedule => "outside_schedule",
            Self::SampledOut => "sampled_out",
            Self::DailyCapReached => "daily_cap_reached",
            Self::CooledDown => "cooled_down",
            Self::NoInvitation => "no_invitation",
            Self::AlreadyAnswered => "already_answered",
            Self::NoNumber => "no_number",
            Self::NotTextable => "not_textable",
            Self::NoConsent => "no_consent",
            Self::OptedOut => "opted_out",
            Self::QuietHours => "quiet_hours",
        }
    }

    /// A sentence for people.
    pub fn message(self) -> &'static str {
        match self {
            Self::Offered => "the survey is offered",
            Self::UnknownService => {
                "no service has this number or name: add the service, or one named All as a fall-back"
            }
            Self::NoActiveSurvey => "no survey is active on the service: activate one",
            Self::Paused => "the survey is paused on this service",
            Self::NotAskable => "the survey has no question that can be asked on this channel",
            Self::OutsideSchedule => "the survey is not asked at this time",
            Self::SampledOut => "the contact was not drawn in the sampling",
            Self::DailyCapReached => "the survey was offered often enough today",
            Self::CooledDown => "the customer was offered a survey not long ago",
            Self::NoInvitation => "the survey has no invitation, or none for this: add one to it",
            Self::AlreadyAnswered => "the survey of this contact was answered already",
            Self::NoNumber => "there is no phone number to write to",
            Self::NotTextable => "the number gets no text messages",
            Self::NoConsent => "the customer did not agree to be written to",
            Self::OptedOut => "the number wants no messages",
            Self::QuietHours => "there is no hour left in which nobody would be woken",
        }
    }
}

/// One gate and what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateStep {
    /// The gate: `service`, `survey`, `paused`, `channel`, `schedule`, `sampling`, `daily_cap` or `cool_down`.
    pub gate: &'static str,
    /// Whether it let the contact through.
    pub passed: bool,
    /// Why, for people. Holds nothing of the customer but the time of the last offer.
    pub detail: String,
}

/// The outcome and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What became of the ask.
    pub outcome: Outcome,
    /// The gates in order, up to the one that said no.
    pub steps: Vec<GateStep>,
}

impl Decision {
    /// The trace as JSON, as it is stored with the offer.
    pub fn to_json(&self) -> String {
        let steps: Vec<serde_json::Value> = self
            .steps
            .iter()
            .map(|s| serde_json::json!({ "gate": s.gate, "passed": s.passed, "detail": s.detail }))
            .collect();
        serde_json::json!({ "outcome": self.outcome.as_str(), "steps": steps }).to_string()
    }
}

/// Decides whether a contact is surveyed. The gates stand in a fixed order; the first that says no decides.
pub fn decide(input: &OfferInput<'_>) -> Decision {
    let mut trace = Trace { steps: Vec::new() };
    let outcome = gates(input, &mut trace).err().unwrap_or(Outcome::Offered);
    Decision { outcome, steps: trace.steps }
}

struct Trace {
    steps: Vec<GateStep>,
}

impl Trace {
    fn pass(&mut self, gate: &'static str, detail: impl fmt::Display) {
        self.steps.push(GateStep { gate, passed: true, detail: detail.to_string() });
    }

    /// Passes on `ok`, else stops the run through the gates with `outcome`.
    fn gate(
        &mut self,
        gate: &'static str,
        ok: bool,
        outcome: Outcome,
        detail: impl fmt::Display,
    ) -> Result<(), Outcome> {
        self.steps.push(GateStep { gate, passed: ok, detail: detail.to_string() });
        if ok { Ok(()) } else { Err(outcome) }
    }
}

fn gates(input: &OfferInput<'_>, trace: &mut Trace) -> Result<(), Outcome> {
    let Some(service) = input.service else {
        return trace.gate(
            "service",
            false,
            Outcome::UnknownService,
            "no service was found, and no fall-back stands in",
        );
    };
    let how = if input.via_fallback { " as the fall-back" } else { "" };
    trace.pass("service", format_args!("`{service}`{how}"));
    let Some(survey) = input.survey else {
        return trace.gate(
            "survey",
            false,
            Outcome::NoActiveSurvey,
            format_args!("nothing is active on `{service}`"),
        );
    };
    trace.pass("survey", format_args!("`{}` is active", survey.key()));
    let detail = if input.paused { "paused on this service" } else { "not paused" };
    trace.gate("paused", !input.paused, Outcome::Paused, detail)?;
    let askable = survey.askable_on(input.channel);
    let detail = if askable { "has questions for" } else { "has no question for" };
    trace.gate(
        "channel",
        askable,
        Outcome::NotAskable,
        format_args!("{detail} {}", input.channel.as_str()),
    )?;
    schedule(input, survey, trace)?;
    sampling(input, survey, trace)?;
    daily_cap(input, survey, trace)?;
    cool_down(input, survey, trace)
}

fn schedule(input: &OfferInput<'_>, survey: &SurveyGraph, trace: &mut Trace) -> Result<(), Outcome> {
    let schedule = &survey.rules().schedule;
    let zone = schedule.zone(input.site_zone);
    let local = input.now.with_timezone(&zone).format("%a %Y-%m-%d %H:%M");
    let opening = schedule.opening(input.now, input.site_zone);
    let why = match opening {
        Opening::Open => "open".to_owned(),
        Opening::NotBegun(from) => format!("begins on {from}"),
        Opening::Over(until) => format!("ended on {until}"),
        Opening::Holiday(day) => format!("{day} is a holiday"),
        Opening::OutsideHours => "outside the business hours".to_owned(),
    };
    let detail = format_args!("{why}; it is {local} in {}", zone.name());
    trace.gate("schedule", opening == Opening::Open, Outcome::OutsideSchedule, detail)
}

fn sampling(input: &OfferInput<'_>, survey: &SurveyGraph, trace: &mut Trace) -> Result<(), Outcome> {
    let Some(one_in) = survey.rules().one_in else {
        trace.pass("sampling", "everyone is asked");
        return Ok(());
    };
    let drawn = input.draw * f64::from(one_in) < 1.0;
    let below = 1.0 / f64::from(one_in);
    let detail = format_args!("one in {one_in}: drew {:.4}, below {below:.4} is asked", input.draw);
    trace.gate("sampling", drawn, Outcome::SampledOut, detail)
}

fn daily_cap(input: &OfferInput<'_>, survey: &SurveyGraph, trace: &mut Trace) -> Result<(), Outcome> {
    let Some(cap) = survey.rules().daily_cap else {
        trace.pass("daily_cap", "no cap");
        return Ok(());
    };
    let offered = input.offered_today;
    let detail = format_args!("{offered} offered today of at most {cap}");
    trace.gate("daily_cap", offered < u64::from(cap), Outcome::DailyCapReached, detail)
}

fn cool_down(input: &OfferInput<'_>, survey: &SurveyGraph, trace: &mut Trace) -> Result<(), Outcome> {
    let Some(cool_down) = survey.rules().cool_down else {
        trace.pass("cool_down", "no cool-down");
        return Ok(());
    };
    let hours = cool_down.num_hours();
    let Some(last) = input.last_offer_to_customer.filter(|_| input.customer_known) else {
        let why =
            if input.customer_known { "no offer to this customer" } else { "the customer is not known" };
        trace.pass("cool_down", format_args!("{why}; cool-down of {hours} h"));
        return Ok(());
    };
    let over = input.now.signed_duration_since(last) >= cool_down;
    let detail = format_args!("last offer at {}, cool-down of {hours} h", last.format("%Y-%m-%dT%H:%M:%SZ"));
    trace.gate("cool_down", over, Outcome::CooledDown, detail)
}

#[cfg(test)]
mod tests;
