//! Which responses: the filters as they stand in an address, read into what the database is asked. The same for lists, exports
//! and figures, so that what stands behind a figure is what was counted.

use chrono::{Datelike, Days, NaiveDate, Timelike, Weekday};
use chrono_tz::Tz;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::error::PortalError;
use super::session::SignedIn;
use super::state::Portal;
use crate::domain::contact::Channel;
use crate::domain::offer::date_start;
use crate::domain::response::ResponseState;
use crate::foundation::ResponseId;
use crate::storage::{FoundPlace, FoundResponse, ResponseFilter, ValueFilter};

/// Filters as they stand in an address; what is left out or empty is any.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Filters {
    /// The first day, such as `2026-01-31`, in the site's time zone.
    from: Option<String>,
    /// The last day.
    until: Option<String>,
    survey: Option<String>,
    service: Option<String>,
    state: Option<String>,
    channel: Option<String>,
    language: Option<String>,
    agent: Option<String>,
    queue: Option<String>,
    team: Option<String>,
    /// The key of a question that `score` or `choice` is an answer to.
    question: Option<String>,
    /// A number, or two with `..` between them.
    score: Option<String>,
    choice: Option<String>,
    /// `true`: with words of the customer.
    comment: Option<String>,
    customer: Option<String>,
    call_id: Option<String>,
    /// The hour of the day at which it was offered, 0 to 23.
    hour: Option<String>,
    /// The day of the week, `mon` to `sun`.
    weekday: Option<String>,
    /// Where a page begins, as the page before told.
    after: Option<String>,
}

/// What is wanted: what the database can tell, and what it cannot.
pub(super) struct Wanted {
    pub(super) filter: ResponseFilter,
    hour: Option<u32>,
    weekday: Option<Weekday>,
    zone: Tz,
}

impl Wanted {
    /// Whether it asks for what the database cannot tell.
    pub(super) fn by_hour(&self) -> bool {
        self.hour.is_some() || self.weekday.is_some()
    }

    /// Whether a response is at the hour and weekday that is wanted.
    pub(super) fn holds(&self, found: &FoundResponse) -> bool {
        let local = found.offered_at.with_timezone(&self.zone);
        self.hour.is_none_or(|hour| local.hour() == hour)
            && self.weekday.is_none_or(|weekday| local.weekday() == weekday)
    }
}

fn given(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn bad(name: &str, rule: &str) -> PortalError {
    PortalError::bad("bad_parameter", format!("{name}: {rule}"))
}

impl Filters {
    /// Reads them, for a person: nobody finds what is not of the own teams.
    pub(super) async fn read(&self, portal: &Portal, person: &SignedIn) -> Result<Wanted, PortalError> {
        let zone = portal.settings.zone;
        let survey = match given(self.survey.as_ref()) {
            None => None,
            Some(key) => {
                let surveys = portal.catalog.surveys().await?;
                let found = surveys.into_iter().find(|survey| survey.key == key);
                Some(found.ok_or_else(|| bad("survey", "there is no such survey"))?.survey)
            }
        };
        let service = match given(self.service.as_ref()) {
            None => None,
            Some(name) => {
                let services = portal.catalog.services().await?;
                let found = services.into_iter().find(|service| service.name == name);
                Some(found.ok_or_else(|| bad("service", "there is no such service"))?.id)
            }
        };
        let until = day("until", self.until.as_ref())?.and_then(|day| day.checked_add_days(Days::new(1)));
        Ok(Wanted {
            filter: ResponseFilter {
                id: None,
                from: day("from", self.from.as_ref())?.map(|day| date_start(day, zone)),
                until: until.map(|day| date_start(day, zone)),
                survey,
                service,
                state: word("state", self.state.as_ref(), ResponseState::parse)?,
                channel: word("channel", self.channel.as_ref(), Channel::parse)?,
                language: given(self.language.as_ref()),
                agent: given(self.agent.as_ref()),
                queue: given(self.queue.as_ref()),
                team: given(self.team.as_ref()),
                teams: person.teams(),
                question: given(self.question.as_ref()),
                value: self.value()?,
                with_comment: given(self.comment.as_ref()).is_some_and(|word| word == "true"),
                customer: given(self.customer.as_ref()),
                call_id: given(self.call_id.as_ref()),
            },
            hour: word("hour", self.hour.as_ref(), |text| text.parse().ok().filter(|hour| *hour < 24))?,
            weekday: word("weekday", self.weekday.as_ref(), |text| text.parse().ok())?,
            zone,
        })
    }

    fn value(&self) -> Result<Option<ValueFilter>, PortalError> {
        if let Some(key) = given(self.choice.as_ref()) {
            return Ok(Some(ValueFilter::Choice(key)));
        }
        let Some(text) = given(self.score.as_ref()) else { return Ok(None) };
        let (low, high) = text.split_once("..").unwrap_or((&text, &text));
        match (low.parse(), high.parse()) {
            (Ok(low), Ok(high)) => Ok(Some(ValueFilter::Number(low, high))),
            _ => Err(bad("score", "a number such as 3, or two such as 1..3")),
        }
    }

    /// The filters that are set, for the audit log: a customer's number only by its being there.
    pub(super) fn shown(&self) -> Value {
        let set = [
            ("from", &self.from),
            ("until", &self.until),
            ("survey", &self.survey),
            ("service", &self.service),
            ("state", &self.state),
            ("channel", &self.channel),
            ("language", &self.language),
            ("agent", &self.agent),
            ("queue", &self.queue),
            ("team", &self.team),
            ("question", &self.question),
            ("score", &self.score),
            ("choice", &self.choice),
            ("comment", &self.comment),
            ("call_id", &self.call_id),
            ("hour", &self.hour),
            ("weekday", &self.weekday),
        ];
        let mut shown: Map<String, Value> = set
            .into_iter()
            .filter_map(|(name, text)| Some((name.to_owned(), Value::from(given(text.as_ref())?))))
            .collect();
        if given(self.customer.as_ref()).is_some() {
            shown.insert("customer".to_owned(), Value::from("…"));
        }
        Value::Object(shown)
    }

    /// Where the page begins.
    pub(super) fn place(&self) -> Result<Option<FoundPlace>, PortalError> {
        let Some(text) = given(self.after.as_ref()) else { return Ok(None) };
        let place = text.split_once('~').and_then(|(at, id)| {
            let offered_at = chrono::DateTime::from_timestamp_millis(at.parse().ok()?)?;
            Some(FoundPlace { offered_at, id: id.parse::<ResponseId>().ok()? })
        });
        place.map(Some).ok_or_else(|| bad("after", "the word `next` of the page before"))
    }
}

fn day(name: &str, text: Option<&String>) -> Result<Option<NaiveDate>, PortalError> {
    word(name, text, |text| text.parse().ok())
}

fn word<T>(
    name: &str,
    text: Option<&String>,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, PortalError> {
    let Some(text) = given(text) else { return Ok(None) };
    parse(&text).map(Some).ok_or_else(|| bad(name, &format!("`{text}` is not one")))
}
