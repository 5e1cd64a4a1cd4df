//! `/api/v1/responses`: what customers said, found by what people know of it, and one response as a whole.

use std::collections::{BTreeSet, HashMap};
use std::num::NonZeroU32;

use actix_web::web::{Data, Json, Path, Query};
use serde_json::{Value, json};

use super::error::PortalError;
use super::filter::{Filters, Wanted};
use super::session::SignedIn;
use super::state::Portal;
use crate::domain::account::Right;
use crate::domain::contact::CallFacts;
use crate::domain::response::{Answer, AnswerValue};
use crate::domain::survey::{Question, QuestionKind, SurveyGraph};
use crate::foundation::{BoundedText, ResponseId};
use crate::reports;
use crate::storage::{
    FoundPage, FoundPlace, FoundResponse, OfferRow, ReportFilter, ReportGroup, ResponseFilter,
};

/// Responses of a page.
const PAGE: u32 = 50;
/// Counted no further than this.
const COUNTED_MAX: u32 = 10_000;
/// Responses that are read for one page at most, where only hours or weekdays are wanted: the database cannot tell those.
const READ_MAX: u32 = 20_000;

/// A page of responses, how many there are, and where the next page begins.
pub(super) async fn list(
    portal: Data<Portal>,
    person: SignedIn,
    asked: Query<Filters>,
) -> Result<Json<Value>, PortalError> {
    person.must(Right::SeeResults)?;
    let wanted = asked.read(&portal, &person).await?;
    let (page, next) = page(&portal, &wanted, asked.place()?).await?;
    let count = if wanted.by_hour() {
        None
    } else {
        Some(portal.archive.count_responses(wanted.filter.clone(), COUNTED_MAX).await?)
    };
    let graphs = graphs(&portal, &page).await?;
    let shown: Vec<Value> = page
        .iter()
        .map(|found| show(found, &person, graphs.get(&(found.survey.as_str(), found.version))))
        .collect();
    Ok(Json(json!({
        "responses": shown,
        "count": count,
        "counted_to": COUNTED_MAX,
        "next": next.map(|place| format!("{}~{}", place.offered_at.timestamp_millis(), place.id)),
        "time_zone": portal.settings.zone.name(),
    })))
}

async fn page(
    portal: &Portal,
    wanted: &Wanted,
    after: Option<FoundPlace>,
) -> Result<(Vec<FoundResponse>, Option<FoundPlace>), PortalError> {
    let mut found: Vec<FoundResponse> = Vec::new();
    let (mut after, mut read) = (after, 0);
    let step = NonZeroU32::new(if wanted.by_hour() { 1000 } else { PAGE + 1 }).unwrap_or(NonZeroU32::MIN);
    loop {
        let rows =
            portal.archive.find_responses(wanted.filter.clone(), FoundPage { after, limit: step }).await?;
        let is_last = rows.len() < step.get() as usize;
        read += step.get();
        for row in rows {
            if found.len() == PAGE as usize {
                return Ok((found, after));
            }
            after = Some(row.place());
            if wanted.holds(&row) {
                found.push(row);
            }
        }
        if is_last {
            return Ok((found, None));
        }
        if read >= READ_MAX {
            return Ok((found, after));
        }
    }
}

/// The versions that responses were asked by survey and number; one that this program cannot read is left out.
async fn graphs<'a>(
    portal: &Portal,
    page: &'a [FoundResponse],
) -> Result<HashMap<(&'a str, u32), SurveyGraph>, PortalError> {
    let mut graphs = HashMap::new();
    let asked: BTreeSet<&str> = page.iter().map(|found| found.survey.as_str()).collect();
    for survey in asked {
        let wanted: BTreeSet<u32> =
            page.iter().filter(|found| found.survey == survey).map(|found| found.version).collect();
        for version in portal.catalog.versions(survey.to_owned()).await? {
            if let (true, Ok(graph)) =
                (wanted.contains(&version.number), SurveyGraph::from_json(&version.document))
            {
                graphs.insert((survey, version.number), graph);
            }
        }
    }
    Ok(graphs)
}

/// A response that a person may see.
pub(super) async fn find(
    portal: &Portal,
    person: &SignedIn,
    id: ResponseId,
) -> Result<Option<FoundResponse>, PortalError> {
    let filter = ResponseFilter { id: Some(id), teams: person.teams(), ..ResponseFilter::default() };
    let rows =
        portal.archive.find_responses(filter, FoundPage { after: None, limit: NonZeroU32::MIN }).await?;
    Ok(rows.into_iter().next())
}

/// One response: what was asked and said, in the words of its version and language, and how it came to be.
pub(super) async fn one(
    portal: Data<Portal>,
    person: SignedIn,
    id: Path<String>,
) -> Result<Json<Value>, PortalError> {
    person.must(Right::SeeResults)?;
    let gone = || PortalError::nothing("there is no such response, or it is not of your teams");
    let id: ResponseId = id.parse().map_err(|_| gone())?;
    let found = find(&portal, &person, id).await?.ok_or_else(gone)?;
    let offer = portal.archive.offer(id).await?;
    let stored = portal.responses.response(id).await?;
    let page = [found];
    let graphs = graphs(&portal, &page).await?;
    let [found] = &page;
    let graph = graphs.get(&(found.survey.as_str(), found.version));
    let mut transcript = Vec::new();
    for answer in &found.answers {
        transcript.push(said(&portal, answer, graph, &found.language).await?);
    }
    let mut shown = show(found, &person, graph);
    if let Value::Object(shown) = &mut shown {
        shown.insert("transcript".into(), json!(transcript));
        shown.insert("trail".into(), trail(found, offer.as_ref(), stored.map(|stored| stored.seq)));
    }
    Ok(Json(shown))
}

/// A question and what was said to it.
async fn said(
    portal: &Portal,
    answer: &Answer,
    graph: Option<&SurveyGraph>,
    language: &str,
) -> Result<Value, PortalError> {
    let question = graph.and_then(|graph| graph.at(answer.question_no));
    let recording = match &answer.value {
        AnswerValue::Recording(reference) => recording(portal, reference).await?,
        _ => Value::Null,
    };
    Ok(json!({
        "question": answer.question_key,
        "type": question.map(|question| question.kind.as_str()),
        "range": question.and_then(|question| question.kind.range()),
        "text": question.map(|question| question.text(language)),
        "value": answer.value,
        "label": label(answer, question, language),
        "recording": recording,
        "at": answer.at,
    }))
}

/// Where a recording is heard, if its audio is still there. A script may have given the name of a file of its own.
async fn recording(portal: &Portal, reference: &str) -> Result<Value, PortalError> {
    let Ok(id) = reference.parse() else { return Ok(json!({"elsewhere": reference})) };
    let Some(stored) = portal.api.recording_store.recording(id).await? else {
        return Ok(json!({"elsewhere": reference}));
    };
    let audio = stored.audio.is_some().then(|| format!("/api/v1/audio/recordings/{id}"));
    Ok(json!({"audio": audio, "duration_ms": u64::try_from(stored.duration.as_millis()).unwrap_or(u64::MAX)}))
}

fn trail(found: &FoundResponse, offer: Option<&OfferRow>, changes: Option<i64>) -> Value {
    let gates = offer.and_then(|offer| serde_json::from_str::<Value>(&offer.trace).ok());
    json!({
        "node": offer.map(|offer| &offer.node),
        "gates": gates,
        "changes": changes,
        "offered_at": found.offered_at,
        "started_at": found.started_at,
        "ended_at": found.ended_at,
    })
}

/// The words of the choice that was taken.
fn label(answer: &Answer, question: Option<&Question>, language: &str) -> Option<String> {
    let (AnswerValue::Choice(key), QuestionKind::Choice { choices, .. }) = (&answer.value, &question?.kind)
    else {
        return None;
    };
    choices.iter().find(|choice| choice.key == *key).map(|choice| choice.label(language).to_owned())
}

fn show(found: &FoundResponse, person: &SignedIn, graph: Option<&SurveyGraph>) -> Value {
    let answers: Vec<Value> = found
        .answers
        .iter()
        .map(|answer| {
            let question = graph.and_then(|graph| graph.at(answer.question_no));
            json!({
                "question": answer.question_key,
                "value": answer.value,
                "type": question.map(|question| question.kind.as_str()),
                "label": label(answer, question, &found.language),
            })
        })
        .collect();
    json!({
        "id": found.id,
        "offered_at": found.offered_at,
        "started_at": found.started_at,
        "ended_at": found.ended_at,
        "state": found.state,
        "channel": found.channel,
        "language": found.language,
        "survey": {"key": found.survey, "name": found.survey_name, "version": found.version},
        "service": found.service,
        "call": call(&found.call, person),
        "answers": answers,
    })
}

/// The contact's facts, with as much of the customer's number as a person may see.
fn call(facts: &CallFacts, person: &SignedIn) -> Value {
    let customer = facts.customer.as_ref().map(BoundedText::as_str);
    json!({
        "dn": facts.dn.as_ref().map(BoundedText::as_str),
        "customer": customer.map(|number| number_for(number, person)),
        "call_id": facts.call_id.as_ref().map(BoundedText::as_str),
        "agent_id": facts.agent_id.as_ref().map(BoundedText::as_str),
        "agent_name": facts.agent_name.as_ref().map(BoundedText::as_str),
        "team": facts.team.as_ref().map(BoundedText::as_str),
        "queue": facts.queue.as_ref().map(BoundedText::as_str),
    })
}

/// A customer's number, or its last digits.
pub(super) fn number_for(number: &str, person: &SignedIn) -> String {
    if person.account.role.may(Right::SeeNumbers) {
        return number.to_owned();
    }
    let hidden = number.chars().count().saturating_sub(3);
    number.chars().enumerate().map(|(place, c)| if place < hidden { '•' } else { c }).collect()
}

/// What can be chosen from in filters: services, surveys, and the agents, queues and teams of the last ninety days.
pub(super) async fn facets(portal: Data<Portal>, person: SignedIn) -> Result<Json<Value>, PortalError> {
    person.must(Right::SeeResults)?;
    let surveys = portal.catalog.surveys().await?;
    let services = portal.catalog.services().await?;
    let from = portal.clock.now() - chrono::TimeDelta::days(90);
    let mut lists = serde_json::Map::new();
    for (name, group) in [
        ("agents", ReportGroup::Agent),
        ("queues", ReportGroup::Queue),
        ("teams", ReportGroup::Team),
        ("languages", ReportGroup::Language),
    ] {
        let filter =
            ReportFilter { from: Some(from), group, teams: person.teams(), ..ReportFilter::default() };
        let keys = reports::groups(&*portal.reports, filter, portal.settings.zone).await?;
        let keys: Vec<Value> = keys.iter().map(|(key, name)| json!({"key": key, "name": name})).collect();
        lists.insert(name.to_owned(), json!(keys));
    }
    lists.insert("surveys".into(), surveys.iter().map(|s| json!({"key": s.key, "name": s.name})).collect());
    lists
        .insert("services".into(), services.iter().map(|s| json!({"key": s.name, "name": s.name})).collect());
    Ok(Json(Value::Object(lists)))
}
