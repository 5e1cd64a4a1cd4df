//! `/api/v1/reports`: figures of a period beside those of the one before, broken down by what people ask for.

use actix_web::web::{Data, Json, Query};
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::PortalError;
use super::session::SignedIn;
use super::state::Portal;
use crate::domain::account::Right;
use crate::domain::contact::Channel;
use crate::domain::report::{GroupScores, Measure, SurveyScores};
use crate::domain::survey::scoring::Score;
use crate::reports::{self, Breakdown, Figures, ReportError};
use crate::storage::Narrowed;

/// Days of a period where nobody says which, today among them.
const USUAL_DAYS: u64 = 30;
/// The longest period, in days: ten years.
const LONGEST_DAYS: i64 = 3660;

/// What a report is of, as it stands in an address; what is left out or empty is any.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Asked {
    by: Option<String>,
    from: Option<String>,
    until: Option<String>,
    survey: Option<String>,
    agent: Option<String>,
    queue: Option<String>,
    team: Option<String>,
    channel: Option<String>,
    language: Option<String>,
    service: Option<String>,
}

/// A report that was made.
pub(super) struct Made {
    pub(super) by: Breakdown,
    pub(super) from: NaiveDate,
    pub(super) until: NaiveDate,
    before: (NaiveDate, NaiveDate),
    pub(super) groups: Figures,
    whole: Figures,
    earlier: Figures,
}

/// The report.
pub(super) async fn report(
    portal: Data<Portal>,
    person: SignedIn,
    asked: Query<Asked>,
) -> Result<Json<Value>, PortalError> {
    person.must(Right::SeeResults)?;
    let made = make(&portal, &person, &asked).await?;
    let min = portal.settings.min_answers;
    let surveys: Vec<Value> = made.whole.surveys.iter().map(|whole| survey(whole, &made, min)).collect();
    Ok(Json(json!({
        "by": made.by.as_str(),
        "from": made.from,
        "until": made.until,
        "previous": {"from": made.before.0, "until": made.before.1},
        "time_zone": portal.settings.zone.name(),
        "min_n": min,
        "surveys": surveys,
    })))
}

/// Makes a report, for a person: of the own teams where those are all that may be seen.
pub(super) async fn make(portal: &Portal, person: &SignedIn, asked: &Asked) -> Result<Made, PortalError> {
    let zone = portal.settings.zone;
    let today = portal.clock.now().with_timezone(&zone).date_naive();
    let until = day("until", asked.until.as_ref())?.unwrap_or(today);
    let from = day("from", asked.from.as_ref())?
        .unwrap_or_else(|| until.checked_sub_days(Days::new(USUAL_DAYS - 1)).unwrap_or(until));
    let days = until.signed_duration_since(from).num_days() + 1;
    if !(1..=LONGEST_DAYS).contains(&days) {
        let message =
            format!("from: the first day is not after the last, and at most {LONGEST_DAYS} days before it");
        return Err(PortalError::bad("bad_parameter", message));
    }
    let back =
        |date: NaiveDate| date.checked_sub_days(Days::new(u64::try_from(days).unwrap_or(1))).unwrap_or(date);
    let before = (back(from), back(until));
    let word = given(asked.by.as_ref()).unwrap_or_else(|| "day".to_owned());
    let by = Breakdown::parse(&word).ok_or_else(|| {
        let all = Breakdown::ALL.map(Breakdown::as_str).join(", ");
        PortalError::bad("bad_parameter", format!("by: one of {all}"))
    })?;
    let channel = match given(asked.channel.as_ref()) {
        None => None,
        Some(word) => {
            let channel = Channel::parse(&word);
            Some(
                channel
                    .ok_or_else(|| PortalError::bad("bad_parameter", "channel: voice, sms, chat or web"))?,
            )
        }
    };
    let query = reports::Query {
        survey: given(asked.survey.as_ref()),
        from: Some(from),
        until: Some(until),
        narrowed: Narrowed {
            agent: given(asked.agent.as_ref()),
            queue: given(asked.queue.as_ref()),
            team: given(asked.team.as_ref()),
            channel,
            language: given(asked.language.as_ref()),
            service: given(asked.service.as_ref()),
        },
        teams: person.teams(),
        ..reports::Query::of(by, zone)
    };
    let found = reports::gather_beside(&*portal.catalog, &*portal.reports, &query, before).await;
    let reports::Beside { groups, whole, earlier } = found.map_err(|error| match error {
        ReportError::Storage(error) => error.into(),
        ReportError::NoSurvey(key) => PortalError::bad("bad_parameter", format!("survey: there is no {key}")),
        other => PortalError::internal(&other.to_string()),
    })?;
    Ok(Made { by, from, until, before, groups, whole, earlier })
}

fn given(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn day(name: &str, text: Option<&String>) -> Result<Option<NaiveDate>, PortalError> {
    let Some(text) = given(text) else { return Ok(None) };
    let parsed = text
        .parse()
        .map_err(|_| PortalError::bad("bad_parameter", format!("{name}: a day such as 2026-01-31")))?;
    Ok(Some(parsed))
}

fn survey(whole: &SurveyScores, made: &Made, min: u64) -> Value {
    let same = |scores: &&SurveyScores| scores.survey == whole.survey;
    let parts = made.groups.surveys.iter().find(same);
    let earlier = made.earlier.surveys.iter().find(same);
    let measures: Vec<Value> = whole.measures.iter().map(measure).collect();
    let of_whole = |scores: &SurveyScores, group: &GroupScores| {
        figures(group, &scores.measures, &whole.measures, min, true)
    };
    let groups: Vec<Value> = parts.map_or_else(Vec::new, |parts| {
        let show = |group: &GroupScores| {
            let mut shown = figures(group, &parts.measures, &whole.measures, min, false);
            if let Value::Object(shown) = &mut shown {
                shown.insert("key".into(), json!(group.group.key));
                shown.insert("name".into(), json!(group.group.name));
                if made.by == Breakdown::AgentQueue {
                    let (agent, queue) = reports::pair(group.group.key.as_deref().unwrap_or_default());
                    shown.insert("agent".into(), json!(agent));
                    shown.insert("queue".into(), json!(queue));
                }
            }
            shown
        };
        parts.groups.iter().map(show).collect()
    });
    json!({
        "key": whole.survey,
        "name": made.whole.names.get(&whole.survey),
        "measures": measures,
        "total": whole.groups.first().map(|group| of_whole(whole, group)),
        "previous": earlier.and_then(|scores| scores.groups.first().map(|group| of_whole(scores, group))),
        "groups": groups,
    })
}

fn measure(measure: &Measure) -> Value {
    json!({
        "question": measure.question,
        "type": measure.kind.as_str(),
        "measure": measure.metric(),
        "range": measure.kind.range(),
        "versions": measure.versions,
        "changed": measure.changed,
    })
}

/// The figures of a group, its scores in the order of `all` measures.
fn figures(
    group: &GroupScores,
    own: &[Measure],
    all: &[Measure],
    min: u64,
    with_distribution: bool,
) -> Value {
    let of = |wanted: &Measure| {
        let place = own.iter().position(|m| m.question == wanted.question && m.kind == wanted.kind)?;
        group.scores.get(place)?.as_ref()
    };
    let scores: Vec<Value> = all
        .iter()
        .map(|measure| of(measure).map_or(Value::Null, |score| show(score, min, with_distribution)))
        .collect();
    json!({"lifecycle": reports::lifecycle(&group.lifecycle), "scores": scores})
}

/// A score; without a value where there are too few answers.
fn show(score: &Score, min: u64, with_distribution: bool) -> Value {
    let mut shown = json!({
        "value": score.value.filter(|_| score.n >= min),
        "n": score.n,
        "skipped": score.skipped,
    });
    if let Value::Object(shown) = &mut shown
        && with_distribution
    {
        let counted: Vec<Value> =
            score.distribution.iter().map(|(value, n)| json!({"value": value, "n": n})).collect();
        shown.insert("distribution".into(), json!(counted));
    }
    shown
}
